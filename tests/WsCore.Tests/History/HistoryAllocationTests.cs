using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.History;
using WsCore.TestKit.Measure;
using WsCore.TestKit.Time;

namespace WsCore.Tests.History;

/// <summary>Keeping a message costs its frame, where as many are kept as may be; reading some costs the list of them.</summary>
public sealed class HistoryAllocationTests
{
    private const int Rounds = 1000;
    private const int Kept = 100;
    private const int ListHead = 64;

    private static readonly RoomName Room = RoomName.Create("chat:1"u8);

    private readonly HistoryRules _rules = new(Kept, TimeSpan.FromHours(1), int.MaxValue);
    private readonly MemoryHistoryStore _store = new(new HistoryOptions(), new ManualTimeProvider());
    private readonly SameFrameDraft _draft = new(TestFrames.OfWireLength(1000));

    public HistoryAllocationTests()
    {
        for (var i = 0; i <= Kept; i++)
        {
            Append();
        }
    }

    [Fact]
    public void AppendAsync_ToAFullHistory_AllocatesNothing()
    {
        var last = 0L;
        Assert.Equal(0, Allocations.Least(Rounds, () => last = Append().Seq));
        Assert.True(last > Kept + Rounds);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Kept)]
    public void ReadAsync_AllocatesTheListOfFramesOnly(int missed)
    {
        var since = Append();
        since = since with { Seq = since.Seq - missed };
        var read = 0;

        var allocated = Allocations.Least(Rounds, () => read = _store.ReadAsync(Room, _rules, since, int.MaxValue, int.MaxValue).Result.Frames.Length);

        Assert.Equal(missed, read);
        Assert.InRange(allocated / Rounds, missed * IntPtr.Size, (missed * IntPtr.Size) + ListHead);
    }

    private Position Append() => _store.AppendAsync(Room, _rules, _draft).Result;
}
