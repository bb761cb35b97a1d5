using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Requests;

/// <summary>What nobody waits for any more is not sent when its turn comes. One message a second leaves, after nine at once.</summary>
public sealed class WithdrawnTests
{
    private const int Sent = 9;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(3);
    private static readonly WelcomeText Welcome = new() { MessagesPerSecond = 1, Burst = 10 };

    [Fact]
    public async Task A_request_that_was_cancelled_is_not_sent()
    {
        await using var script = await PacedAsync();
        using var cancellation = new CancellationTokenSource();
        var cancelled = script.Client.BroadcastAsync("lobby", Payload.FromText("cancelled"), cancellation: cancellation.Token);
        Post(script, "last");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WithTimeout(ScriptedConnection.Patience));

        Assert.Equal(["\"last\""], await UntilLastAsync(script));
    }

    [Fact]
    public async Task A_request_whose_time_is_over_is_not_sent()
    {
        await using var script = await PacedAsync(options => options with { RequestTimeout = TimeSpan.FromSeconds(1.5) });
        Post(script, "1");
        Post(script, "2");
        var late = script.Client.MembersAsync("lobby");
        Post(script, "last");
        script.Clock.Advance(TimeSpan.FromSeconds(1.6));
        await Assert.ThrowsAsync<TimeoutException>(() => late.WithTimeout(ScriptedConnection.Patience));

        Assert.Equal(["\"1\"", "\"2\"", "\"last\""], await UntilLastAsync(script));
    }

    [Fact]
    public async Task A_broadcast_is_not_repeated_after_its_time()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { RepeatFor = TimeSpan.FromSeconds(3) });
        Task[] broadcasts = [.. Enumerable.Range(1, 6).Select(i => script.Client.BroadcastAsync("lobby", Payload.FromText($"{i}")))];
        await script.Connection.HandledAsync(script.Client);
        await script.ReconnectAsync(new WelcomeText { Connection = "c2", MessagesPerSecond = 1, Burst = 1 });
        await script.Connection.ExpectAsync("broadcast");
        script.Clock.Advance(TimeSpan.FromSeconds(1.5)); // for the second
        await script.Connection.ExpectAsync("broadcast");
        script.Clock.Advance(TimeSpan.FromSeconds(1.6)); // at most for two more
        foreach (var broadcasting in broadcasts)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience));
        }

        Post(script, "last");
        Assert.InRange((await UntilLastAsync(script)).Count, 1, 3);
    }

    [Fact]
    public async Task What_was_cancelled_does_not_pile_up()
    {
        await using var script = await PacedAsync(options => options with { MaxPendingBytes = 200_000 });
        var payload = Payload.FromText(new string('x', 1000));
        Post(script, "1"); // behind which they wait
        for (var i = 0; i < 500; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var cancelled = script.Client.BroadcastAsync("lobby", payload, cancellation: cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WithTimeout(ScriptedConnection.Patience));
        }

        Post(script, "last");
        Assert.Equal(["\"1\"", "\"last\""], await UntilLastAsync(script));
    }

    private static async Task<ClientScript> PacedAsync(Func<WsClientOptions, WsClientOptions>? configure = null)
    {
        var script = await ClientScript.ConnectedAsync(configure, Welcome);
        for (var i = 0; i < Sent; i++)
        {
            Post(script, "first");
            await script.Connection.ExpectAsync("broadcast");
        }

        return script;
    }

    private static void Post(ClientScript script, string text) => Assert.True(script.Client.Post("elsewhere", Payload.FromText(text)));

    /// <summary>What is sent, up to the last.</summary>
    private static async Task<List<string>> UntilLastAsync(ClientScript script)
    {
        var sent = new List<string>();
        while (sent is not [.., "\"last\""])
        {
            var next = script.Connection.ExpectAsync("broadcast");
            await script.UntilAsync(next, Within);
            sent.Add((await next).Raw("payload"));
        }

        return sent;
    }
}
