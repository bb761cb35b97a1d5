using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Diagnostics;

/// <summary>What the meter <c>WsCore.Client</c> counts (docs/dotnet-client.md, Bounds), and that nothing else is counted meanwhile.</summary>
[Collection(CountingGroup.Name)]
public sealed class MetricsTests
{
    [Fact]
    public async Task Connections_are_counted_when_they_have_their_rooms_and_when_they_end_by_code()
    {
        await using var script = new ClientScript();
        using var counters = new ClientCounters();
        var connecting = script.Client.ConnectAsync();
        (await script.Server.AttemptAsync()).Refuse();
        await script.AcceptAsync();
        await connecting.WithTimeout(ScriptedConnection.Patience);
        await script.JoinAsync("lobby");
        await script.Connection.CloseAsync(4107);
        await script.AcceptAsync(new WelcomeText { Connection = "c2" });
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(1, Assert.Single(counters.All, counter => counter.Name == "wscore.client.connected").Total);
        await join.AckAsync();
        await script.Connection.HandledAsync(script.Client);

        Assert.Equal([("wscore.client.connected", 2), ("wscore.client.disconnected code=1006", 1), ("wscore.client.disconnected code=4107", 1)], counters.All);
        await script.Connection.CloseAsync(4003);
        await Assert.ThrowsAsync<ConnectionClosedException>(() => script.Client.Completion.WithTimeout(ScriptedConnection.Patience));
        Assert.Contains(("wscore.client.disconnected code=4003", 1), counters.All);
    }

    [Fact]
    public async Task A_request_counts_as_repeated_each_time_but_the_first()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ExpectAsync("broadcast");
        script.Connection.Drop();
        var attempt = await script.Server.AttemptAsync();
        var waiting = script.Client.OnlineAsync(["ada"]); // goes out for the first time
        using var counters = new ClientCounters();
        var next = attempt.Accept();
        await next.WelcomeAsync();
        var again = await next.ExpectAsync("broadcast");
        await next.AckAsync(await next.ExpectAsync("online"), "\"users\":[]");
        await waiting.WithTimeout(ScriptedConnection.Patience);
        await next.HandledAsync(script.Client);
        Assert.Equal([("wscore.client.connected", 1), ("wscore.client.requests.repeated", 1)], counters.All);

        await next.ErrorAsync(again, "rate_limited", 300);
        await script.PassAsync(TimeSpan.FromMilliseconds(300));
        await next.AckAsync(await next.ExpectAsync("broadcast"));
        await broadcasting.WithTimeout(ScriptedConnection.Patience);
        Assert.Equal([("wscore.client.connected", 1), ("wscore.client.requests.repeated", 2)], counters.All);
        next.Drop();
    }

    [Fact]
    public async Task Requests_that_are_too_many_are_counted()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { MaxPending = 1 });
        using var counters = new ClientCounters();
        _ = script.Client.BroadcastAsync("lobby", Payload.Null);
        await Assert.ThrowsAsync<WsClientException>(() => script.Client.BroadcastAsync("lobby", Payload.Null).WithTimeout(ScriptedConnection.Patience));

        Assert.Equal([("wscore.client.requests.refused", 1)], counters.All);
    }

    [Fact]
    public async Task Messages_that_find_the_inbox_full_are_counted()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });
        using var counters = new ClientCounters();
        for (var i = 0; i < 15; i++)
        {
            await script.Connection.SendAsync("""{"type":"message","everybody":true,"time":1767268800600,"payload":1}""");
        }

        await script.Connection.HandledAsync(script.Client);
        Assert.Equal([("wscore.client.inbox.dropped", 5)], counters.All);
    }

    [Fact]
    public async Task Events_that_make_place_for_newer_ones_are_counted()
    {
        await using var script = await ClientScript.ConnectedAsync(); // which is one
        using var counters = new ClientCounters();
        for (var i = 0; i < 1002; i++)
        {
            await script.Connection.SendAsync("""{"type":"error","code":"odd","message":"."}""");
        }

        await script.Connection.HandledAsync(script.Client);
        Assert.Equal([("wscore.client.events.dropped", 3)], counters.All);
    }

    [Fact]
    public async Task Posts_that_are_not_sent_are_counted()
    {
        await using var script = await ClientScript.ConnectedAsync();
        using var counters = new ClientCounters();
        Assert.True(script.Client.Post("lobby", Payload.Null));
        Assert.Empty(counters.All);

        script.Connection.Drop();
        var attempt = await script.Server.AttemptAsync();
        Assert.False(script.Client.Post("lobby", Payload.Null));
        Assert.Equal([("wscore.client.disconnected code=1006", 1), ("wscore.client.posts.dropped", 1)], counters.All);
        attempt.Refuse();
    }
}
