using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;

namespace WsCore.ClientTests.Requests;

/// <summary>The client holds back what is over the rate of the welcome: ten messages a second, five at once.</summary>
public sealed class PaceTests
{
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);
    private static readonly WelcomeText Welcome = new() { MessagesPerSecond = 10, Burst = 5 };

    [Fact]
    public async Task What_is_over_the_rate_is_held_back_and_goes_out_in_its_order()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        Broadcast(script, 12);
        for (var i = 0; i < 5; i++)
        {
            await ExpectAsync(script.Connection, i);
        }

        var start = script.Clock.Elapsed;
        for (var i = 5; i < 12; i++)
        {
            await script.UntilAsync(ExpectAsync(script.Connection, i), 2 * Tenth);
            var due = (i - 4) * Tenth;
            Assert.InRange(script.Clock.Elapsed - start, due - (Tenth / 100), due + (1.1 * Tenth)); // not too early, and at most a timer late
        }
    }

    [Fact]
    public async Task Silence_fills_the_burst_again()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        for (var round = 0; round < 3; round++)
        {
            Broadcast(script, 5);
            for (var i = 0; i < 5; i++)
            {
                await ExpectAsync(script.Connection, i);
            }

            script.Clock.Advance(TimeSpan.FromSeconds(1));
        }
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
        Broadcast(script, 6);
        for (var i = 0; i < 5; i++)
        {
            await ExpectAsync(script.Connection, i);
        }

        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await script.Messages.NextAsync();
        _ = script.Messages.Ask();
        await script.UntilAsync(script.Connection.ExpectAsync("ack"), Tenth); // before the sixth broadcast, or this would fail
    }

    [Fact]
    public async Task Each_connection_begins_with_the_burst_of_its_welcome()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        Broadcast(script, 8);
        for (var i = 0; i < 5; i++)
        {
            await ExpectAsync(script.Connection, i);
        }

        await script.ReconnectAsync(new WelcomeText { MessagesPerSecond = 1, Burst = 8 });
        for (var i = 0; i < 8; i++)
        {
            await ExpectAsync(script.Connection, i);
        }
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
