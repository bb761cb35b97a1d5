using WsCore.Namespaces;
using WsCore.TestKit.Hosting;

namespace WsCore.FunctionalTests.Protocol;

/// <summary>Reliable messages and conflated rooms, through the whole protocol.</summary>
public sealed class ReliableTests
{
    [Fact]
    public async Task A_reliable_message_comes_again_until_it_is_confirmed()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var ada = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await ada.JoinAsync("lobby");
        await grace.JoinAsync("lobby");
        await ada.BroadcastAsync("lobby", "1", ""","reliable":true""");

        var first = (await grace.NextAsync("message")).Json;
        Assert.False(first.Has("attempt"));
        var id = first.Text("ack")!;
        await ada.SendAsync($$"""{"type":"ack","id":"{{id}}"}"""); // not hers to confirm
        await ada.ExpectNothingAsync();
        Pass(application, 5);
        var second = (await grace.NextAsync("message")).Json;
        Assert.Equal(("2", id, "1"), (second.Raw("attempt"), second.Text("ack"), second.Raw("payload")));

        await grace.SendAsync($$"""{"type":"ack","ids":["{{id}}","unknown"]}""");
        await grace.ExpectNothingAsync(); // taken, and not answered
        Pass(application, 20);
        await grace.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_reliable_binary_message_comes_again_in_binary()
    {
        await using var application = await TestApplication.StartWithManualClockAsync(o => o.Options = options => options.Namespaces["user"] = new() { Reliable = true });
        await using var ada = await application.ConnectAsync("ada");
        await ada.RequestBinaryAsync("""{"type":"send","to":"ada"}""", [0xde, 0xad]);
        var first = Assert.Single(await ada.NewsAsync());
        Pass(application, 5);
        var second = await ada.NextAsync();

        Assert.Equal("2", second.Json.Raw("attempt"));
        Assert.Equal(first.Json.Text("ack"), second.Json.Text("ack"));
        Assert.Equal([0xde, 0xad], second.Binary!);
    }

    [Fact]
    public async Task Who_never_confirms_is_closed_with_4100()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Reliable.MaxPending = 10);
        await using var ada = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await ada.JoinAsync("lobby");
        await grace.JoinAsync("lobby");
        for (var i = 0; i < 11; i++)
        {
            await ada.BroadcastAsync("lobby", "1", ""","reliable":true""");
        }

        var close = await grace.ClosedAsync();
        Assert.Equal((4100, "The connection confirms too slowly."), (close.Code, close.Reason));
        await ada.ExpectNothingAsync();
    }

    [Fact]
    public async Task In_a_conflated_room_the_newest_of_each_sender_arrives()
    {
        await using var application = await TestApplication.StartWithManualClockAsync(
            o => o.Options = options => options.Namespaces["cursors"] = new NamespaceOptions { Conflate = TimeSpan.FromMilliseconds(50) });
        await using var ada = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await ada.JoinAsync("cursors:1");
        await grace.JoinAsync("cursors:1");
        for (var i = 1; i <= 5; i++)
        {
            await ada.BroadcastAsync("cursors:1", $"{i}");
        }

        Assert.Equal("1", Assert.Single(await grace.NewsAsync()).Json.Raw("payload"));
        application.Time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal("5", Assert.Single(await grace.NewsAsync()).Json.Raw("payload"));
        await ada.RefusedAsync("invalid_message", """{"type":"broadcast","room":"cursors:1","payload":1,"reliable":true}""");
        await ada.ExpectNothingAsync();
    }

    private static void Pass(TestApplication application, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            application.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
