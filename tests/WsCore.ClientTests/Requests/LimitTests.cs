using System.Text;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Requests;

/// <summary>What the client refuses by itself.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task One_request_more_than_may_wait_is_refused_at_once()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { MaxPending = 3 });
        var waiting = new List<Task<Ack>>();
        for (var i = 0; i < 3; i++)
        {
            waiting.Add(script.Client.BroadcastAsync("lobby", Payload.Null));
        }

        var refused = script.Client.BroadcastAsync("lobby", Payload.Null);
        await RefusedAsync(refused);
        for (var i = 0; i < 3; i++)
        {
            await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"));
            await waiting[i].WithTimeout(ScriptedConnection.Patience);
        }

        var next = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"));
        await next.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task So_is_one_of_more_bytes_than_may_wait()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { MaxPendingBytes = 10_000 });
        var payload = Payload.FromText(new string('x', 4000));
        var waiting = new[] { script.Client.BroadcastAsync("lobby", payload), script.Client.BroadcastAsync("lobby", payload) };
        await RefusedAsync(script.Client.BroadcastAsync("lobby", payload));
        foreach (var task in waiting)
        {
            await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"));
            await task.WithTimeout(ScriptedConnection.Patience);
        }

        var next = script.Client.BroadcastAsync("lobby", payload);
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"));
        await next.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task A_join_that_is_open_takes_no_place()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { MaxPending = 1 });
        _ = script.Client.JoinAsync("lobby");
        await script.Connection.ExpectJoinAsync();
        var broadcasting = script.Client.BroadcastAsync("elsewhere", Payload.Null);
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"));

        await broadcasting.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task What_waits_without_a_connection_is_bounded_too()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { MaxPending = 2 });
        script.Connection.Drop();
        await script.Server.AttemptAsync();
        _ = script.Client.BroadcastAsync("lobby", Payload.Null);
        _ = script.Client.BroadcastAsync("lobby", Payload.Null);

        await RefusedAsync(script.Client.BroadcastAsync("lobby", Payload.Null));
    }

    [Fact]
    public async Task A_cancelled_request_makes_place_for_another()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { MaxPending = 1 });
        using var cancellation = new CancellationTokenSource();
        var first = script.Client.BroadcastAsync("lobby", Payload.Null, cancellation: cancellation.Token);
        await script.Connection.ExpectAsync("broadcast");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WithTimeout(ScriptedConnection.Patience));

        var second = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"));
        await second.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task Posts_to_a_server_that_does_not_read_are_dropped_and_told()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { MaxPendingBytes = 100_000 });
        var payload = Payload.FromText(new string('x', 10_000));
        var posted = 0;
        while (posted < 1000 && script.Client.Post("lobby", payload))
        {
            posted++;
        }

        Assert.InRange(posted, 5, 50); // 64 KiB are on their way, 100,000 bytes wait
        for (var i = 0; i < posted; i++)
        {
            await script.Connection.ExpectAsync("broadcast");
        }

        Assert.True(script.Client.Post("lobby", payload));
        await script.Connection.ExpectAsync("broadcast");
    }

    [Fact]
    public async Task What_is_too_large_for_the_server_is_refused_and_nothing_is_sent()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessageBytes = 1000 });
        foreach (var payload in new[] { Payload.FromText(new string('x', 1000)), Payload.FromText(new string('é', 490)), Payload.FromBinary(new byte[990]) })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => script.Client.BroadcastAsync("lobby", payload).WithTimeout(ScriptedConnection.Patience));
            await Assert.ThrowsAsync<ArgumentException>(() => script.Client.SendAsync("ada", payload).WithTimeout(ScriptedConnection.Patience));
            await Assert.ThrowsAsync<ArgumentException>(() => script.Client.CallAsync("orders.latest", payload).WithTimeout(ScriptedConnection.Patience));
            Assert.Throws<ArgumentException>(() => { script.Client.Post("lobby", payload); });
        }

        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task So_it_is_without_a_connection_by_what_the_last_one_was_told()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessageBytes = 1000 });
        script.Connection.Drop();
        await script.Server.AttemptAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => script.Client.BroadcastAsync("lobby", Payload.FromText(new string('x', 1000))).WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task What_is_exactly_as_large_as_it_may_be_is_sent()
    {
        await using var script = await ClientScript.ConnectedAsync();
        _ = script.Client.BroadcastAsync("lobby", Payload.FromText("x"), new BroadcastOptions { Once = "0123456789abcdef" });
        var envelope = Encoding.UTF8.GetByteCount((await script.Connection.ExpectMessageAsync("broadcast")).Raw) - 1;
        await script.ReconnectAsync(new WelcomeText { MessageBytes = envelope + 500 });
        await script.Connection.ExpectAsync("broadcast");

        var largest = script.Client.BroadcastAsync("lobby", Payload.FromText(new string('x', 500)), new BroadcastOptions { Once = "0123456789abcdeF" });
        var sent = await script.Connection.ExpectMessageAsync("broadcast");
        Assert.Equal(envelope + 500, Encoding.UTF8.GetByteCount(sent.Raw));
        await script.Connection.AckAsync(sent.Json);
        await largest.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task So_is_a_post()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessageBytes = 600 });
        Assert.True(script.Client.Post("lobby", Payload.FromText("")));
        var envelope = Encoding.UTF8.GetByteCount((await script.Connection.ExpectMessageAsync("broadcast")).Raw);
        Assert.True(script.Client.Post("lobby", Payload.FromText(new string('x', 600 - envelope))));

        Assert.Equal(600, Encoding.UTF8.GetByteCount((await script.Connection.ExpectMessageAsync("broadcast")).Raw));
    }

    [Fact]
    public async Task What_waits_and_is_too_large_for_the_next_server_fails_alone()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var large = script.Client.BroadcastAsync("lobby", Payload.FromText(new string('x', 2000)));
        var small = script.Client.BroadcastAsync("lobby", Payload.FromText("x"));
        await script.Connection.ExpectAsync("broadcast");
        await script.Connection.ExpectAsync("broadcast");
        await script.ReconnectAsync(new WelcomeText { MessageBytes = 1000 });

        var again = await script.Connection.ExpectAsync("broadcast");
        Assert.Equal("\"x\"", again.Raw("payload"));
        await script.Connection.AckAsync(again);
        await small.WithTimeout(ScriptedConnection.Patience);
        await Assert.ThrowsAnyAsync<Exception>(() => large.WithTimeout(ScriptedConnection.Patience));
        Assert.True(large.IsFaulted);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("1 2")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// no\n1")]
    [InlineData("NaN")]
    [InlineData("hello")]
    [InlineData("\"}")]
    [InlineData("1,\"room\":\"other\"")]
    public async Task What_is_not_one_JSON_value_is_refused_and_nothing_is_sent(string json)
    {
        await using var script = await ClientScript.ConnectedAsync();
        var payload = Payload.FromJson(Encoding.UTF8.GetBytes(json));
        await Assert.ThrowsAsync<ArgumentException>(() => script.Client.BroadcastAsync("lobby", payload).WithTimeout(ScriptedConnection.Patience));
        await Assert.ThrowsAsync<ArgumentException>(() => script.Client.CallAsync("orders.latest", payload).WithTimeout(ScriptedConnection.Patience));
        await Assert.ThrowsAsync<ArgumentException>(() => script.Client.ShowAsync("lobby", payload).WithTimeout(ScriptedConnection.Patience));
        await Assert.ThrowsAsync<ArgumentException>(() => script.Client.JoinAsync("lobby", new JoinOptions { State = payload }).WithTimeout(ScriptedConnection.Patience));
        Assert.Throws<ArgumentException>(() => { script.Client.Post("lobby", payload); });

        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task What_is_not_UTF_8_is_refused_and_nothing_is_sent()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var payload = Payload.FromJson(new byte[] { (byte)'"', 0xff, 0xfe, (byte)'"' });
        await Assert.ThrowsAsync<ArgumentException>(() => script.Client.BroadcastAsync("lobby", payload).WithTimeout(ScriptedConnection.Patience));

        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public void A_text_with_half_a_character_is_no_payload()
    {
        Assert.ThrowsAny<ArgumentException>(() => Payload.FromText("\ud800"));
        Assert.Throws<ArgumentNullException>(() => Payload.FromText(null!));
    }

    private static async Task RefusedAsync(Task<Ack> refused)
    {
        var thrown = await Assert.ThrowsAsync<WsClientException>(() => refused.WithTimeout(ScriptedConnection.Patience));
        Assert.False(string.IsNullOrWhiteSpace(thrown.Message));
    }
}
