using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>When the client tries again: <c>random() * min(cap, base * 2^tries)</c>.</summary>
public sealed class BackoffTests
{
    [Fact]
    public async Task Each_try_doubles_what_the_random_part_is_taken_of_up_to_the_cap()
    {
        await using var script = Create(0.5);
        _ = script.Client.ConnectAsync();
        var attempt = await script.Server.AttemptAsync();
        foreach (var milliseconds in (int[])[250, 500, 1000, 2000, 2000, 2000])
        {
            attempt.Refuse();
            var delay = TimeSpan.FromMilliseconds(milliseconds);
            Assert.Equal(delay, (await script.Events.NextAsync<DisconnectedEvent>()).RetryIn);
            attempt = await script.AttemptAfterAsync(delay);
        }
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.1, 50)]
    [InlineData(0.98, 490)]
    public async Task The_jitter_is_full(double random, int milliseconds)
    {
        await using var script = Create(random);
        _ = script.Client.ConnectAsync();
        (await script.Server.AttemptAsync()).Refuse();

        var disconnected = await script.Events.NextAsync<DisconnectedEvent>();
        Assert.Equal(milliseconds, disconnected.RetryIn!.Value.TotalMilliseconds, 0.01);
    }

    [Fact]
    public async Task A_connection_that_lived_long_enough_sets_the_back_off_back()
    {
        await using var script = await ConnectedAfterTwoRefusalsAsync();
        script.Clock.Advance(TimeSpan.FromSeconds(10.1));
        script.Connection.Drop();

        Assert.Equal(TimeSpan.FromMilliseconds(250), (await script.Events.NextAsync<DisconnectedEvent>()).RetryIn);
    }

    [Fact]
    public async Task A_connection_that_did_not_goes_on_with_it()
    {
        await using var script = await ConnectedAfterTwoRefusalsAsync();
        script.Clock.Advance(TimeSpan.FromSeconds(9.9));
        script.Connection.Drop();

        Assert.Equal(TimeSpan.FromMilliseconds(1000), (await script.Events.NextAsync<DisconnectedEvent>()).RetryIn);
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_changes_nothing()
    {
        await using var script = Create(0.5);
        _ = script.Client.ConnectAsync();
        (await script.Server.AttemptAsync()).Refuse();
        Assert.Equal(TimeSpan.FromMilliseconds(250), (await script.Events.NextAsync<DisconnectedEvent>()).RetryIn);
        script.Clock.StepWallClock(TimeSpan.FromDays(-400));

        await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task After_many_tries_the_delay_is_still_the_cap()
    {
        await using var script = Create(0);
        _ = script.Client.ConnectAsync();
        for (var i = 0; i < 100; i++)
        {
            (await script.Server.AttemptAsync()).Refuse();
            Assert.Equal(TimeSpan.Zero, (await script.Events.NextAsync<DisconnectedEvent>()).RetryIn);
        }

        script.Random.Value = 0.5;
        (await script.Server.AttemptAsync()).Refuse();
        Assert.Equal(TimeSpan.FromSeconds(2), (await script.Events.NextAsync<DisconnectedEvent>()).RetryIn);
    }

    [Fact]
    public async Task Where_no_time_makes_it_stable_each_connection_does()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { StableAfter = TimeSpan.Zero });
        script.Random.Value = 0.5;
        script.Connection.Drop();
        (await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(250))).Refuse();
        await script.PassAsync(TimeSpan.FromMilliseconds(500));
        await script.AcceptAsync();
        await script.Connection.HandledAsync(script.Client);
        script.Connection.Drop();

        (await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(250))).Accept();
    }

    private static ClientScript Create(double random)
    {
        var script = new ClientScript(options => options with
        {
            BackoffBase = TimeSpan.FromMilliseconds(500),
            BackoffCap = TimeSpan.FromSeconds(4),
            StableAfter = TimeSpan.FromSeconds(10),
        });
        script.Random.Value = random;
        return script;
    }

    private static async Task<ClientScript> ConnectedAfterTwoRefusalsAsync()
    {
        var script = Create(0.5);
        var connecting = script.Client.ConnectAsync();
        (await script.Server.AttemptAsync()).Refuse();
        (await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(250))).Refuse();
        await script.Events.NextAsync<DisconnectedEvent>();
        await script.Events.NextAsync<DisconnectedEvent>();
        await script.PassAsync(TimeSpan.FromMilliseconds(500));
        await script.AcceptAsync();
        await connecting.WithTimeout(ScriptedConnection.Patience);
        return script;
    }
}
