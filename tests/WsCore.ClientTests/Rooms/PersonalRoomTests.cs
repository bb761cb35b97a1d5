using WsCore.ClientTests.Script;

namespace WsCore.ClientTests.Rooms;

/// <summary>What is sent to the user while a connection is away.</summary>
public sealed class PersonalRoomTests
{
    [Fact]
    public async Task What_comes_live_before_the_recovery_is_delivered_in_its_place()
    {
        await using var script = await BehindAsync();
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(new Position("p", 5), join.Since("user:ada"));
        await SayAsync(script, 8);
        await join.AckAsync(Text.At(new Position("p", 8)) + ",\"recovered\":true");
        await SayAsync(script, 6, 7, 8);

        Assert.Equal(["6", "7", "8"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
    }

    [Fact]
    public async Task A_recovery_that_is_refused_for_now_is_asked_for_again_and_nothing_is_lost()
    {
        await using var script = await BehindAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("unavailable", 700));
        await SayAsync(script, 8);
        await script.Connection.HandledAsync(script.Client);
        await script.PassAsync(TimeSpan.FromMilliseconds(700));
        var again = await script.Connection.ExpectJoinAsync();
        Assert.Equal(new Position("p", 5), again.Since("user:ada"));
        await SayAsync(script, 9);
        await again.AckAsync(Text.At(new Position("p", 9)) + ",\"recovered\":true");
        await SayAsync(script, 6, 7, 8, 9, 10);

        Assert.Equal(["6", "7", "8", "9", "10"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent or RemovedEvent);
    }

    [Fact]
    public async Task Where_nothing_was_sent_meanwhile_nothing_is_asked_for()
    {
        var welcome = new WelcomeText { User = "ada", Self = new Position("p", 4) };
        await using var script = await ClientScript.ConnectedAsync(welcome: welcome);
        await script.ReconnectAsync(welcome with { Connection = "c2" });

        await script.Connection.NothingMoreAsync(script.Client);
        await SayAsync(script, 5);
        Assert.Equal(["5"], await script.Messages.PayloadsAsync(script.Connection));
    }

    /// <summary>At 5, with a new connection that tells of 7.</summary>
    private static async Task<ClientScript> BehindAsync()
    {
        var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { User = "ada", Self = new Position("p", 4) });
        await SayAsync(script, 5);
        Assert.Equal(["5"], await script.Messages.PayloadsAsync(script.Connection));
        await script.ReconnectAsync(new WelcomeText { Connection = "c2", User = "ada", Self = new Position("p", 7) });
        return script;
    }

    private static async Task SayAsync(ClientScript script, params long[] numbers)
    {
        foreach (var seq in numbers)
        {
            await script.Connection.SendAsync($$"""{"type":"message","to":"ada",{{Text.At(new Position("p", seq))}},"time":1767268800300,"payload":{{seq}}}""");
        }
    }
}
