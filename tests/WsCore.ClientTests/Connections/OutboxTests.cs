using WsCore.Client.Connections;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>What waits on a connection, where posts may have ten bytes.</summary>
public sealed class OutboxTests
{
    private readonly ScriptedConnection _server;
    private readonly Outbox _outbox;

    public OutboxTests()
    {
        (var socket, _server) = ScriptedConnection.CreatePair();
        _outbox = new Outbox(socket, maxPostBytes: 10, new ManualTimeProvider());
    }

    [Fact]
    public void TryPost_OfTooManyBytes_IsFalse()
    {
        Assert.True(_outbox.TryPost(Bytes(10)));
        Assert.False(_outbox.TryPost(Bytes(1)));
    }

    [Fact]
    public async Task TryPost_AfterTheEarlierOnesLeft_IsTrue()
    {
        Assert.True(_outbox.TryPost(Bytes(10)));
        _outbox.Kick();
        await _server.NextAsync();

        Assert.True(_outbox.TryPost(Bytes(10)));
    }

    [Fact]
    public async Task TryPost_AfterClose_IsFalse()
    {
        _outbox.Close(1000);
        Assert.False(_outbox.TryPost(Bytes(1)));
        _outbox.Add(Bytes(1));
        _outbox.AddUrgent(Bytes(1));
        _outbox.Confirm("r1");
        _outbox.Kick();

        Assert.Equal(1000, await _server.ExpectCloseAsync());
    }

    [Fact]
    public async Task Confirm_OfTooMany_ForgetsTheOldest()
    {
        for (var i = 1; i <= Outbox.MaxConfirmations + 3; i++)
        {
            _outbox.Confirm($"r{i}");
        }

        _outbox.Kick();
        var confirmed = new List<string>();
        while (confirmed is not [.., "r10003"])
        {
            confirmed.AddRange((await _server.ExpectAsync("ack")).Items("ids").Select(id => id.GetString()!));
        }

        Assert.Equal(Enumerable.Range(4, 10_000).Select(i => $"r{i}"), confirmed);
    }

    private static Outbound Bytes(int count) => new(System.Text.Encoding.UTF8.GetBytes(new string('1', count)), isBinary: false);
}
