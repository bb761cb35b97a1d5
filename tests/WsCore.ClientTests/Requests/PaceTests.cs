using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Requests;

/// <summary>The client holds back what is over the rate of the welcome: ten messages a second, twenty at once.</summary>
public sealed class PaceTests
{
    private const int Burst = 20;
    private const int Spare = 2; // what the client may leave of the burst, for messages that are sent apart and arrive together
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);
    private static readonly WelcomeText Welcome = new() { MessagesPerSecond = 10, Burst = Burst };

    [Fact]
    public async Task What_is_over_the_rate_is_held_back_and_goes_out_in_its_order()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        var start = script.Clock.Elapsed;
        Broadcast(script, 60);
        for (var i = 0; i < 60; i++)
        {
            if (i >= Burst - Spare)
            {
                await script.TimerAsync(2 * Tenth);
                script.Clock.Advance(script.Clock.UntilNextTimer!.Value + (Tenth / 100));
            }

            await ExpectAsync(script.Connection, i);
            var soonest = Math.Max(0, i + 1 - Burst) * Tenth;
            Assert.InRange(script.Clock.Elapsed - start, soonest - (Tenth / 50), soonest + ((Spare + 1) * Tenth));
        }
    }

    [Fact]
    public async Task Silence_fills_the_burst_again()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        for (var round = 0; round < 3; round++)
        {
            Broadcast(script, Burst - Spare);
            for (var i = 0; i < Burst - Spare; i++)
            {
                await ExpectAsync(script.Connection, i);
            }

            script.Clock.Advance(Burst * Tenth);
        }
    }

    [Fact]
    public async Task However_long_it_lasts_it_fills_no_more_than_the_burst()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        script.Clock.Advance(TimeSpan.FromMinutes(10));
        Broadcast(script, Burst + 1);
        for (var i = 0; i < Burst - Spare; i++)
        {
            await ExpectAsync(script.Connection, i);
        }

        await script.TimerAsync(2 * Tenth);
        Assert.True(script.Connection.IsQuiet());
    }

    [Fact]
    public async Task Who_does_not_want_it_is_not_held_back()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { Pace = false }, Welcome);
        Broadcast(script, 50);
        for (var i = 0; i < 50; i++)
        {
            await ExpectAsync(script.Connection, i);
        }
    }

    [Fact]
    public async Task A_rate_of_nothing_is_no_limit()
    {
        await using var script = await ClientScript.ConnectedAsync();
        Broadcast(script, 50);
        for (var i = 0; i < 50; i++)
        {
            await ExpectAsync(script.Connection, i);
        }
    }

    [Fact]
    public async Task Confirming_reliable_messages_costs_nothing_and_is_not_held_back()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        await script.JoinAsync("lobby"); // which costs one
        Broadcast(script, 3 * Burst);
        for (var i = 0; i < Burst - Spare - 1; i++)
        {
            await ExpectAsync(script.Connection, i);
        }

        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await script.Messages.NextAsync();
        _ = script.Messages.Ask();
        var confirmed = false;
        for (var i = 0; i < 2 && !confirmed; i++) // at most the one that waits for its turn already leaves before it
        {
            var next = script.Connection.NextAsync();
            await script.UntilAsync(next, 2 * Tenth);
            confirmed = (await next).Type == "ack";
        }

        Assert.True(confirmed);
    }

    [Fact]
    public async Task Each_connection_begins_with_the_burst_of_its_welcome()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        Broadcast(script, 30);
        for (var i = 0; i < Burst - Spare; i++)
        {
            await ExpectAsync(script.Connection, i);
        }

        await script.ReconnectAsync(new WelcomeText { MessagesPerSecond = 1, Burst = 35 });
        for (var i = 0; i < 30; i++)
        {
            await ExpectAsync(script.Connection, i);
        }
    }

    [Fact]
    public async Task What_is_held_back_leaves_before_the_goodbye()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        Broadcast(script, Burst);
        var ending = script.Client.DisposeAsync();
        for (var i = 0; i < Burst; i++)
        {
            var next = script.Connection.NextAsync();
            await script.UntilAsync(next, 2 * Tenth);
            Assert.Equal($"\"{i}\"", (await next).Json.Raw("payload"));
        }

        Assert.Equal(1000, await script.Connection.ExpectCloseAsync());
        script.Connection.Drop();
        await ending.WithTimeout(ScriptedConnection.Patience);
    }

    private static void Broadcast(ClientScript script, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = script.Client.BroadcastAsync("lobby", Payload.FromText($"{i}"));
        }
    }

    private static async Task ExpectAsync(ScriptedConnection connection, int number) =>
        Assert.Equal($"\"{number}\"", (await connection.ExpectAsync("broadcast")).Raw("payload"));
}
