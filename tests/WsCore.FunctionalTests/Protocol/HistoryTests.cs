using System.Text.Json;
using WsCore.TestKit.Hosting;

namespace WsCore.FunctionalTests.Protocol;

/// <summary>Rooms that keep history, over the wire: who was away gets what was missed.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task Who_was_away_gets_what_was_missed_and_then_what_is_new()
    {
        await using var application = await StartAsync();
        await using var ada = await application.ConnectAsync();
        var joined = await ada.JoinAsync("lobby");
        var epoch = joined.GetProperty("epoch").GetString();
        await using (var bob = await application.ConnectAsync())
        {
            await bob.JoinAsync("lobby");
            await ada.BroadcastAsync("lobby", "1");
            Assert.Equal(1, (await bob.NextAsync("message")).Json.GetProperty("seq").GetInt64());
            await bob.CloseAsync();
        }

        await ada.BroadcastAsync("lobby", "2");
        await ada.BroadcastAsync("lobby", "3");
        await using var back = await application.ConnectAsync();
        var ack = await back.AckAsync($$$"""{"type":"join","room":"lobby","since":{"epoch":"{{{epoch}}}","seq":1}}""");
        await ada.BroadcastAsync("lobby", "4");

        Assert.True(ack.GetProperty("recovered").GetBoolean());
        Assert.Equal(3, ack.GetProperty("seq").GetInt64());
        foreach (var seq in (long[])[2, 3, 4])
        {
            var message = (await back.NextAsync("message")).Json;
            Assert.Equal(seq, message.GetProperty("seq").GetInt64());
            Assert.Equal(seq, message.GetProperty("payload").GetInt64());
            Assert.Equal(epoch, message.GetProperty("epoch").GetString());
        }
    }

    [Fact]
    public async Task A_restarted_server_recovers_nothing_and_says_so()
    {
        string position;
        await using (var application = await StartAsync())
        {
            await using var ada = await application.ConnectAsync();
            await ada.JoinAsync("lobby");
            var ack = await ada.BroadcastAsync("lobby", "1");
            position = $$"""{"epoch":{{ack.GetProperty("epoch").GetRawText()}},"seq":{{ack.GetProperty("seq")}}}""";
        }

        await using var restarted = await StartAsync();
        await using var back = await restarted.ConnectAsync();
        var rejoined = await back.AckAsync($$"""{"type":"join","room":"lobby","since":{{position}}}""");

        Assert.False(rejoined.GetProperty("recovered").GetBoolean());
    }

    [Fact]
    public async Task A_user_who_was_away_finds_what_was_sent_in_the_personal_room()
    {
        await using var application = await StartAsync();
        JsonElement before;
        await using (var first = await application.ConnectAsync("ada"))
        {
            before = first.Welcome.GetProperty("self");
        }

        await using var bob = await application.ConnectAsync("bob");
        await bob.AckAsync("""{"type":"send","to":"ada","payload":"hello"}""");
        await application.WsCore.SendAsync("ada", WsCore.Access.Payload.FromJson("\"again\""));
        await using var back = await application.ConnectAsync("ada");
        var ack = await back.AckAsync($$"""{"type":"join","room":"user:ada","since":{{before.GetRawText()}}}""");

        Assert.Equal(2, back.Welcome.GetProperty("self").GetProperty("seq").GetInt64());
        Assert.True(ack.GetProperty("recovered").GetBoolean());
        Assert.Equal("hello", (await back.NextAsync("message")).Json.GetProperty("payload").GetString());
        Assert.Equal("again", (await back.NextAsync("message")).Json.GetProperty("payload").GetString());
    }

    [Fact]
    public async Task A_broadcast_that_is_repeated_on_another_connection_takes_no_effect_twice()
    {
        const string Repeated = """{"type":"broadcast","room":"lobby","payload":7,"once":"3f0f7c2e-6a61-4b6e-9d55-0b6a4f1f6a10"}""";
        await using var application = await StartAsync();
        await using var bob = await application.ConnectAsync("bob");
        await bob.JoinAsync("lobby");
        JsonElement first;
        await using (var ada = await application.ConnectAsync("ada"))
        {
            await ada.JoinAsync("lobby");
            first = await ada.AckAsync(Repeated);
        }

        await using var back = await application.ConnectAsync("ada");
        await back.JoinAsync("lobby");
        var second = await back.AckAsync(Repeated);

        Assert.Equal(first.GetProperty("seq").GetInt64(), second.GetProperty("seq").GetInt64());
        Assert.True(second.GetProperty("duplicate").GetBoolean());
        Assert.Single(await bob.NewsAsync());
        await back.RefusedAsync("conflict", Repeated.Replace(":7,", ":8,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Binary_messages_are_kept_and_come_again_in_binary()
    {
        await using var application = await StartAsync();
        await using var ada = await application.ConnectAsync();
        var joined = await ada.JoinAsync("lobby");
        await ada.RequestBinaryAsync("""{"type":"broadcast","room":"lobby"}""", [0, 255, 7]);

        await using var bob = await application.ConnectAsync();
        await bob.AckAsync($$$"""{"type":"join","room":"lobby","since":{"epoch":{{{joined.GetProperty("epoch").GetRawText()}}},"seq":0}}""");

        var message = await bob.NextAsync("message");
        Assert.Equal([0, 255, 7], message.Binary);
        Assert.Equal(1, message.Json.GetProperty("seq").GetInt64());
    }

    private static Task<TestApplication> StartAsync() => TestApplication.StartAsync(o => o.Options = options =>
    {
        options.Namespaces["default"] = new() { History = { Size = 100 } };
        options.Namespaces["user"] = new() { History = { Size = 100 } };
    });
}
