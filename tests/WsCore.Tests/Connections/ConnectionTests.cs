using WsCore.Framing;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Connections;

public sealed class ConnectionTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly TestConnection _client;

    public ConnectionTests()
    {
        _client = _node.Connect("u1");
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Close_TheFirstOneWins()
    {
        _client.Connection.Close(4004, "first");
        _client.Connection.Close(4200, "second");
        _client.Connection.CloseByPeer(1000, "third");

        Assert.Equal(4004, _client.Connection.CloseCode);
        Assert.Equal("first", _client.Connection.CloseReason);
        Assert.Equal(4004, Assert.Single(_client.Output.Frames).CloseCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2000)]
    [InlineData(5000)]
    public void Close_CodeThatMayNotBeSent_ThrowsAndClosesNothing(ushort code)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _client.Connection.Close(code, "x"));
        Assert.False(_client.Connection.IsClosing);
        Assert.Empty(_client.Output.Frames);
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(4321, 4321)]
    [InlineData(1005, 1005)] // without a code, without a code
    public void CloseByPeer_EchoesTheCode(ushort code, ushort answered)
    {
        _client.Connection.CloseByPeer(code, "bye");

        Assert.Equal(answered, Assert.Single(_client.Output.Frames).CloseCode);
        Assert.Equal("bye", _client.Connection.CloseReason);
    }

    [Fact]
    public async Task EndAsync_CancelsClosedAndEndsWhoWaits()
    {
        var token = _client.Connection.Closed;
        var ended = _client.Connection.WhenEnded();
        Assert.False(ended.IsCompleted);

        await _client.Connection.EndAsync().WithTimeout();

        await Eventually.Is(() => token.IsCancellationRequested);
        Assert.True(_client.Connection.Closed.IsCancellationRequested);
        await ended.WithTimeout();
        await _client.Connection.WhenEnded().WithTimeout();
        await _client.Connection.WhenCloseWritten().WithTimeout();
        Assert.Equal(1006, _client.Connection.CloseCode);
    }

    [Fact]
    public async Task Closed_AskedForAfterTheEnd_IsCancelled()
    {
        await _client.Connection.EndAsync().WithTimeout();

        Assert.True(_client.Connection.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task EndAsync_WritePending_WaitsForItsEnd()
    {
        _client.Output.Block();
        _client.Connection.Send(TestFrames.Text("a"));
        var ended = _client.Connection.EndAsync();
        Assert.False(ended.IsCompleted);

        _client.Output.Unblock();

        await ended.WithTimeout();
    }

    [Fact]
    public async Task WhenCloseWritten_WriteFails_CompletesAndAborts()
    {
        _client.Output.Refuse();
        _client.Connection.Close(1000, "bye");

        await _client.Connection.WhenCloseWritten().WithTimeout();
        Assert.Equal(1, _client.Output.Aborts);
    }

    [Fact]
    public void Overflow_LeavesEveryRoomAndIsASlowReader()
    {
        _node.Join(_client.Connection, "a");
        _client.Output.Block();
        var most = _node.Node.Options.Outbox.BurstBytes;
        _client.Connection.Send(TestFrames.OfWireLength(most));
        _client.Connection.Send(TestFrames.Text("too much"));

        Assert.Equal(CloseCodes.SlowReader, _client.Connection.CloseCode);
        Assert.Equal(0, _client.Connection.Rooms.Count);
        Assert.Equal(0, _node.Rooms.Count);
    }

    [Fact]
    public void Registry_FindsCountsAndForgets()
    {
        Assert.Same(_client.Connection, _node.Node.Connections.Find(_client.Connection.Id));
        Assert.Equal(1, _node.Node.Connections.Count);

        _node.Node.Connections.Remove(_client.Connection);
        _node.Node.Connections.Remove(_client.Connection);

        Assert.Equal(0, _node.Node.Connections.Count);
        Assert.Null(_node.Node.Connections.Find(_client.Connection.Id));
        Assert.Empty(_node.Node.Connections);
    }
}
