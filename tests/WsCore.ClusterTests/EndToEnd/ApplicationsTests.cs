using WsCore.Access;
using WsCore.Backplane;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.EndToEnd;

/// <summary>What an application on one node does with those who are on another.</summary>
public sealed class ApplicationsTests : IAsyncLifetime
{
    private RedisServer? _redis;
    private ClusterApplication? _one;
    private ClusterApplication? _two;

    private ClusterApplication One => _one!;

    private ClusterApplication Two => _two!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _one = await ClusterApplication.StartAsync(_redis, "one");
        _two = await ClusterApplication.StartAsync(_redis, "two");
        await Eventually.IsAsync(async () => (await One.WsCore.NodesAsync()).Count == 2, "both are listed");
    }

    public async Task DisposeAsync()
    {
        await (_one?.DisposeAsync() ?? default);
        await (_two?.DisposeAsync() ?? default);
        await _redis!.DisposeAsync();
    }

    [RedisFact]
    public async Task What_is_sent_to_a_user_reaches_every_connection_on_every_node_once()
    {
        await using var here = await One.ConnectAsync("ada");
        await using var there = await Two.ConnectAsync("ada");
        await using var bob = await Two.ConnectAsync("bob");
        await using var cid = await One.ConnectAsync("cid");

        await cid.AckAsync("""{"type":"send","to":"ada","payload":1}""");
        await cid.AckAsync("""{"type":"send","to":"bob","payload":2}""");
        await Two.WsCore.SendAsync("ada", Payload.FromJson("3"));
        await One.WsCore.BroadcastToEverybodyAsync(Payload.FromJson("4"));

        Assert.Equal("2", (await bob.NextAsync()).GetProperty("payload").ToString());
        Assert.Equal(["1", "3", "4"], await PayloadsAsync(here));
        Assert.Equal(["1", "3", "4"], await PayloadsAsync(there));
        Assert.Equal(["ada", "bob", "cid"], await OnlineAsync(Two, 3));
        await here.ExpectNothingAsync();
        await there.ExpectNothingAsync();
    }

    [RedisFact]
    public async Task A_user_is_removed_and_disconnected_on_every_node_and_the_connections_are_counted()
    {
        await using var here = await One.ConnectAsync("ada", "tea");
        await using var there = await Two.ConnectAsync("ada", "tea");
        await using var bob = await Two.ConnectAsync("bob", "tea");

        Assert.True(await One.WsCore.RemoveAsync("tea", bob.Id));
        Assert.False(await One.WsCore.RemoveAsync("tea", bob.Id));
        Assert.Equal(2, await Two.WsCore.RemoveUserAsync("tea", "ada"));
        foreach (var client in (ClusterClient[])[here, there, bob])
        {
            Assert.Equal("removed", (await client.NextAsync()).GetProperty("type").GetString());
        }

        Assert.True(await One.WsCore.DisconnectAsync(bob.Id, "enough"));
        Assert.Equal((4004, "enough"), await ClosedAsync(bob));
        Assert.Equal(2, await One.WsCore.DisconnectUserAsync("ada", ""));
        Assert.Equal((4004, ""), await ClosedAsync(here));
        Assert.Equal((4004, ""), await ClosedAsync(there));
        Assert.Equal(0, await One.WsCore.DisconnectUserAsync("ada", ""));
        await Assert.ThrowsAsync<ArgumentException>(() => One.WsCore.DisconnectUserAsync("", "").AsTask());
    }

    [RedisFact]
    public async Task A_node_that_stopped_is_not_waited_for()
    {
        await Two.DisposeAsync();
        _two = null;

        Assert.Equal("one", Assert.Single(await One.WsCore.NodesAsync()).Name);
        Assert.Equal(0, await One.WsCore.DisconnectUserAsync("nobody", ""));
    }

    [RedisFact]
    public async Task Redis_away_what_is_here_is_done_and_the_rest_is_unavailable()
    {
        await using var here = await One.ConnectAsync("ada", "tea");
        await _redis!.KillAsync();

        await Assert.ThrowsAsync<UnavailableException>(() => One.WsCore.DisconnectUserAsync("ada", "bye").AsTask());
        Assert.Equal((4004, "bye"), await ClosedAsync(here));
        await Assert.ThrowsAsync<UnavailableException>(() => One.WsCore.NodesAsync().AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => One.WsCore.OnlineAsync(["ada"]).AsTask());
        await One.WsCore.BroadcastAsync("tea", Payload.FromJson("1"));
    }

    [RedisFact]
    public async Task When_all_have_left_nothing_lasts_in_Redis_but_what_tells_of_the_system_and_of_histories()
    {
        await using var ada = await One.ConnectAsync("ada", "hall:1", "kept:1", "tea");
        await using var bob = await Two.ConnectAsync("bob", "hall:1", "kept:1", "tea");
        await using var cid = await Two.ConnectAsync(null, "hall:2");
        foreach (var room in (string[])["hall:1", "kept:1", "tea"])
        {
            await ada.AckAsync($$"""{"type":"broadcast","room":"{{room}}","payload":1,"once":"once-in-the-room-{{room}}"}""");
        }

        await bob.RequestAsync("""{"type":"call","method":"none","once":"refused-and-so-given-up"}""");
        await ada.Socket.CloseAsync();
        await bob.Socket.CloseAsync();
        cid.Socket.Reset();
        await Eventually.IsAsync(async () => (await LastingAsync()).SequenceEqual(["logs", "node-infos", "nodes", "server"]), "nobody is listed any more", TimeSpan.FromSeconds(15));

        await Two.DisposeAsync();
        await One.DisposeAsync();
        (_one, _two) = (null, null);
        Assert.Equal(["logs", "server"], await LastingAsync());
        Assert.Equal("1", (await _redis!.CommandAsync("ZCARD", "wscore:logs")).Text);
    }

    [RedisFact]
    public async Task Who_is_cut_off_by_the_stop_of_the_last_node_is_cleared_away_by_the_next_that_starts()
    {
        await using var ada = await One.ConnectAsync("ada", "hall:1");
        await using var bob = await Two.ConnectAsync("bob", "hall:1");
        await Two.DisposeAsync();
        await ada.NextIsAsync("joined", bob.Id);
        await ada.NextIsAsync("left", bob.Id);
        await One.DisposeAsync();
        (_one, _two) = (null, null);

        Assert.Equal(["lost", "presence:hall:1", "server"], await LastingAsync());
        _one = await ClusterApplication.StartAsync(_redis!, "one");
        await Eventually.IsAsync(async () => (await LastingAsync()).SequenceEqual(["node-infos", "nodes", "server"]), "nothing of the node before is there", TimeSpan.FromSeconds(15));
    }

    /// <summary>Keys that Redis will not forget by itself.</summary>
    private async Task<string[]> LastingAsync()
    {
        List<string> lasting = [];
        foreach (var key in (await _redis!.CommandAsync("KEYS", "wscore:*")).Items!)
        {
            if ((await _redis.CommandAsync("PTTL", key.Text!)).Number == -1)
            {
                lasting.Add(key.Text!["wscore:".Length..]);
            }
        }

        return [.. lasting.Order(StringComparer.Ordinal)];
    }

    private static async Task<string[]> PayloadsAsync(ClusterClient client)
    {
        string[] payloads = [(await client.NextAsync()).GetProperty("payload").ToString(), (await client.NextAsync()).GetProperty("payload").ToString(), (await client.NextAsync()).GetProperty("payload").ToString()];
        return [.. payloads.Order(StringComparer.Ordinal)]; // of several senders: no order
    }

    private static async Task<IReadOnlyList<string>> OnlineAsync(ClusterApplication node, int count)
    {
        IReadOnlyList<string> online = [];
        await Eventually.IsAsync(async () => (online = await node.WsCore.OnlineAsync(["ada", "bob", "cid", "dan"])).Count == count, "who is online is known");
        return online;
    }

    private static async Task<(int Code, string Reason)> ClosedAsync(ClusterClient client)
    {
        var close = await client.Socket.ReceiveCloseAsync();
        return (close.Code, close.Reason);
    }
}
