using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>What the client tells besides messages.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task The_life_of_connections_is_told_in_its_order()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.ReconnectAsync(new WelcomeText { Connection = "c2" });
        await script.Connection.HandledAsync(script.Client);
        await script.Connection.CloseAsync(1000, "goodbye");

        Assert.Equal("c1", Assert.IsType<ConnectedEvent>(await script.Events.NextAsync()).Welcome.Connection);
        var cut = Assert.IsType<DisconnectedEvent>(await script.Events.NextAsync());
        Assert.Equal((1006, TimeSpan.Zero), (cut.CloseCode, cut.RetryIn));
        Assert.Equal("c2", Assert.IsType<ConnectedEvent>(await script.Events.NextAsync()).Welcome.Connection);
        Assert.Equal(new DisconnectedEvent(1000, "goodbye", null), await script.Events.NextAsync());
        await script.Events.EndAsync();
    }

    [Fact]
    public async Task Who_comes_goes_and_changes_is_told()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", "\"count\":2");
        await script.Connection.SendAsync("""{"type":"joined","room":"lobby","user":"grace","connection":"Qp71xT","state":{"mood":  "good"},"count":3}""");
        await script.Connection.SendAsync("""{"type":"updated","room":"lobby","user":"grace","connection":"Qp71xT","state":null,"count":3}""");
        await script.Connection.SendAsync("""{"type":"left","room":"lobby","connection":"Zz","count":2}""");

        var grace = new Sender("Qp71xT", "grace");
        Assert.Equal(
            new PresenceEvent("lobby", PresenceKind.Joined, grace, Payload.FromJson("""{"mood":  "good"}"""u8.ToArray()), 3),
            await script.Events.NextAsync<PresenceEvent>());
        Assert.Equal(new PresenceEvent("lobby", PresenceKind.Updated, grace, Payload.Null, 3), await script.Events.NextAsync<PresenceEvent>());
        Assert.Equal(new PresenceEvent("lobby", PresenceKind.Left, new Sender("Zz", null), null, 2), await script.Events.NextAsync<PresenceEvent>());
    }

    [Fact]
    public async Task A_removal_is_told()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("chat:7");
        await script.Connection.SendAsync("""{"type":"removed","room":"chat:7","code":"forbidden"}""");

        var removed = await script.Events.NextAsync<RemovedEvent>();
        Assert.Equal(("chat:7", "forbidden"), (removed.Room, removed.Code));
    }

    [Fact]
    public async Task An_error_without_an_id_is_told()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.Connection.SendAsync("""{"type":"error","code":"not_joined","message":"'room' must be joined."}""");

        Assert.Equal(new ErrorEvent("not_joined", "'room' must be joined."), await script.Events.NextAsync<ErrorEvent>());
    }

    [Fact]
    public async Task The_newest_thousand_wait_for_their_reader()
    {
        await using var script = await ClientScript.ConnectedAsync();
        for (var i = 1; i <= 1500; i++)
        {
            await script.Connection.SendAsync($$"""{"type":"error","code":"number_{{i}}","message":"."}""");
        }

        await script.Connection.HandledAsync(script.Client);
        for (var i = 501; i <= 1500; i++)
        {
            Assert.Equal($"number_{i}", Assert.IsType<ErrorEvent>(await script.Events.NextAsync()).Code);
        }
    }

    [Fact]
    public async Task The_events_end_with_the_client()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.Events.NextAsync<ConnectedEvent>();
        script.Connection.Drop();
        await script.Client.DisposeAsync().WithTimeout(ScriptedConnection.Patience);

        await script.Events.EndAsync();
    }

    [Fact]
    public async Task What_nobody_reads_holds_nothing_up()
    {
        await using var script = await ClientScript.ConnectedAsync();
        for (var i = 0; i < 3000; i++)
        {
            await script.Connection.SendAsync($$"""{"type":"error","code":"number_{{i}}","message":"."}""");
        }

        await script.Connection.NothingMoreAsync(script.Client);
    }
}
