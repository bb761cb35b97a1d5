using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Scenarios;

namespace WsCore.LoadTests.Tests.Scenarios;

public sealed class MemberTests : IDisposable
{
    private readonly ScenarioContext _context = new(new ScenarioOptions { Url = new Uri("ws://127.0.0.1:1/ws"), Sources = "none" }, TimeProvider.System);
    private readonly Room _room = new("a", 7);
    private readonly Member _member;

    public MemberTests()
    {
        _room.Streams.AddRange([new SenderStream(), new SenderStream()]);
        _room.Streams.ForEach(stream => stream.Next());
        _member = new Member(_context, _room, place: 0, senders: 2);
    }

    private LoadMetrics Metrics => _context.Metrics;

    public void Dispose() => _context.Dispose();

    [Fact]
    public void OnMessage_OfAnotherMember_IsDelivered()
    {
        Arrives(room: 7, sender: 1, number: 0);

        Assert.Equal((1, 0, 0), (Metrics.Delivered.Value, Metrics.Errors.Total, _member.Check.Missing(1, 1, new HashSet<int>())));
    }

    [Theory]
    [InlineData(8, 1, 0)] // another room's
    [InlineData(7, 2, 0)] // of nobody
    [InlineData(7, 1, 1)] // of somebody who never sent it
    public void OnMessage_ThatNobodySentToTheRoom_IsForeignAndDeliversNothing(int room, int sender, int number)
    {
        Arrives(room, sender, number);

        Assert.Equal((0, 1, 1), (Metrics.Delivered.Value, Metrics.Errors.Of(Member.ForeignMessage), _member.Check.Missing(1, 1, new HashSet<int>())));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void OnMessage_OfItsOwn_IsADuplicateUnlessRecovered(bool recovered, int duplicates)
    {
        Arrives(room: 7, sender: 0, number: 0, recovered);

        Assert.Equal((0, duplicates), (Metrics.Delivered.Value, Metrics.Duplicates.Value));
    }

    private void Arrives(int room, int sender, int number, bool recovered = false) => _member.OnMessage(new Stamp(room, sender, number, 0, 0), 0, null, 1, recovered);
}
