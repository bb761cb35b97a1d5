using WsCore.Access;
using WsCore.Framing;
using WsCore.Hosting;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Hosting;

public sealed class NodeOperationsTests : IDisposable
{
    private readonly TestNode _node = new(lanes: 2);
    private readonly IWsCore _application;

    public NodeOperationsTests()
    {
        _application = _node.Application;
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Broadcast_ReachesTheMembersOnly()
    {
        var (inside, outside) = (Connect("a"), Connect("b"));
        await _application.BroadcastAsync("a", Payload.FromText("hi"), "line").WithTimeout();
        await _application.BroadcastAsync("nobody", Payload.FromText("hi")).WithTimeout();

        Assert.Contains("\"room\":\"a\",\"event\":\"line\"", Assert.Single(inside.Texts));
        Assert.Empty(outside.Texts);
    }

    [Fact]
    public async Task BroadcastToNamespace_ReachesEachConnectionOnce()
    {
        var (both, one, other) = (Connect("chat:1", "chat:2"), Connect("chat:2"), Connect("chatter:1", "x"));
        await _application.BroadcastToNamespaceAsync("chat", Payload.FromText("hi")).WithTimeout();

        Assert.Contains("\"namespace\":\"chat\"", Assert.Single(both.Texts));
        Assert.Single(one.Texts);
        Assert.Empty(other.Texts);

        await _application.BroadcastToNamespaceAsync("default", Payload.FromText("hi")).WithTimeout();
        Assert.Single(other.Texts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Chat")]
    [InlineData("a b")]
    [InlineData("chat:1")] // the name of a room, not of a namespace
    [InlineData("chat:")]
    public void BroadcastToNamespace_NoNamespace_Throws(string name) =>
        Assert.Throws<ArgumentException>(() => { _ = _application.BroadcastToNamespaceAsync(name, Payload.FromText("hi")); });

    [Fact]
    public async Task BroadcastToEverybody_ReachesThoseInNoRoomToo()
    {
        TestConnection[] clients = [Connect("a"), Connect(), Connect("b", "c")];
        await _application.BroadcastToEverybodyAsync(Payload.FromBinary((byte[])[1, 2])).WithTimeout();

        Assert.All(clients, client => Assert.Equal(Opcode.Binary, Assert.Single(client.Output.Frames).Opcode));
    }

    [Fact]
    public async Task BadArguments_Throw()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _application.BroadcastAsync("Chat:1", Payload.FromText("x")).WithTimeout());
        await Assert.ThrowsAsync<ArgumentException>(() => _application.BroadcastAsync("a", default).WithTimeout());
        await Assert.ThrowsAsync<ArgumentException>(() => _application.BroadcastAsync("a", Payload.FromText("x"), "").WithTimeout());
        await Assert.ThrowsAsync<ArgumentException>(() => _application.BroadcastAsync("a", Payload.FromText("x"), new string('e', 65)).WithTimeout());
        await Assert.ThrowsAsync<ArgumentException>(() => _application.SendAsync("", Payload.FromText("x")).WithTimeout());
        await Assert.ThrowsAsync<ArgumentException>(async () => await _application.RemoveAsync("user:u", "c1"));
        Assert.Throws<ArgumentException>(() => _application.Members(""));
    }

    [Fact]
    public async Task Disconnect_ClosesWith4004()
    {
        var client = Connect("a");
        Assert.False(await _application.DisconnectAsync("unknown", "bye"));
        Assert.True(await _application.DisconnectAsync(client.Connection.Id, "bye"));

        Assert.Equal(CloseCodes.Disconnected, Assert.Single(client.Output.Frames).CloseCode);
        Assert.Equal(0, _node.Rooms.Count);
    }

    [Fact]
    public async Task DisconnectUser_ClosesAllOfTheUsers()
    {
        TestConnection[] clients = [_node.Connect("u"), _node.Connect("u"), _node.Connect("v")];
        Assert.All(clients, client => _node.Join(client.Connection, "user:" + client.Connection.User));

        Assert.Equal(2, await _application.DisconnectUserAsync("u", "bye"));
        Assert.Equal(0, await _application.DisconnectUserAsync("u", "bye"));
        Assert.False(clients[2].Connection.IsClosing);
    }

    [Fact]
    public async Task Remove_TellsTheConnectionAndOnlyThat()
    {
        var (first, second) = (Connect("a"), Connect("a"));
        Assert.True(await _application.RemoveAsync("a", first.Connection.Id));
        Assert.False(await _application.RemoveAsync("a", first.Connection.Id));

        Assert.StartsWith("""{"type":"removed","room":"a",""", first.Last);
        Assert.Empty(second.Texts);
        Assert.Equal([second.Connection.Id], _application.Members("a").SelectMany(member => member.Connections));
    }

    private TestConnection Connect(params string[] rooms)
    {
        var client = _node.Connect();
        Assert.All(rooms, room => _node.Join(client.Connection, room));
        return client;
    }
}
