using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.RealServer;

/// <summary>Too fast, too slow and not handled, against a real server.</summary>
public sealed class PressureTests
{
    [Fact]
    public async Task Within_its_rate_a_client_is_refused_nothing()
    {
        await using var application = await StartLimitedAsync(burst: 1000); // so large that no hiccup of the machine fills it
        using var refusals = new CounterListener(application.Services, "wscore.rate_limited");
        await using var ada = await application.ConnectClientAsync(configure: options => options with { MaxPending = 2000 });
        await ada.JoinAsync("lobby").WithTimeout();
        await Task.WhenAll(Enumerable.Range(0, 1200).Select(_ => ada.BroadcastAsync("lobby", Payload.Null))).WithTimeout();

        Assert.Equal(0, refusals.Total);
    }

    [Fact]
    public async Task Over_its_rate_a_client_repeats_what_was_refused_until_all_is_taken()
    {
        await using var application = await StartLimitedAsync(burst: 20);
        using var refusals = new CounterListener(application.Services, "wscore.rate_limited");
        await using var ada = await application.ConnectClientAsync(configure: options => options with { Pace = false });
        await ada.JoinAsync("lobby").WithTimeout();
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => ada.BroadcastAsync("lobby", Payload.Null))).WithTimeout();

        Assert.True(refusals.Total > 0);
        Assert.Equal(60, (await ada.HistoryAsync("lobby").WithTimeout()).Messages.Count);
    }

    [Fact]
    public async Task Who_reads_slowly_holds_the_connection_and_misses_nothing()
    {
        const int Messages = 3000;
        await using var application = await TestApplication.StartAsync(options =>
            options.Options = wsCore => wsCore.Namespaces["default"] = new() { History = { Size = Messages } });
        await using var writer = await application.ConnectClientAsync();
        await using var reader = await application.ConnectClientAsync(configure: options => options with { InboxSize = 50 });
        await writer.JoinAsync("lobby").WithTimeout();
        await reader.JoinAsync("lobby").WithTimeout();
        var connection = reader.Welcome!.Connection;
        for (var i = 0; i < Messages; i += 100)
        {
            await Task.WhenAll(Enumerable.Range(i, 100).Select(n => writer.BroadcastAsync("lobby", Payload.FromText($"{n}")))).WithTimeout();
            await reader.PingAsync().WithTimeout();
        }

        var read = await reader.ReadAsync(Messages);
        Assert.Equal(Enumerable.Range(1, Messages).Select(i => (long)i), read.Select(message => message.Position!.Value.Seq));
        Assert.Equal(connection, reader.Welcome.Connection);
    }

    [Fact]
    public async Task A_reliable_message_comes_again_until_it_was_handled()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var ada = await application.ConnectClientAsync();
        await using var grace = await application.ConnectClientAsync();
        await grace.JoinAsync("lobby").WithTimeout();
        await ada.JoinAsync("lobby").WithTimeout();
        await ada.BroadcastAsync("lobby", Payload.FromText("handle with care"), new BroadcastOptions { Reliable = true }).WithTimeout();
        var first = Assert.Single(await grace.ReadAsync(1)); // and leaves, so it was not handled
        Assert.Equal(1, first.Attempt);

        var second = grace.ReadMessagesAsync().GetAsyncEnumerator();
        var asked = second.MoveNextAsync().AsTask();
        await grace.PingAsync().WithTimeout();
        application.AdvancePast(TimeSpan.FromSeconds(5)); // the server's repetition is of what its reader has
        Assert.True(await asked.WithTimeout());
        Assert.Equal(first.ReliableId, second.Current.ReliableId);
        asked = second.MoveNextAsync().AsTask(); // so it was handled
        await grace.PingAsync().WithTimeout();
        application.AdvancePast(TimeSpan.FromSeconds(30));
        await grace.PingAsync().WithTimeout();
        Assert.False(asked.IsCompleted);
    }

    private static Task<TestApplication> StartLimitedAsync(int burst) => TestApplication.StartAsync(options => options.Options = wsCore =>
    {
        wsCore.Limits.MessagesPerSecond = 200;
        wsCore.Limits.MessageBurst = burst;
        wsCore.Namespaces["default"] = new() { History = { Size = 1000 } };
    });
}
