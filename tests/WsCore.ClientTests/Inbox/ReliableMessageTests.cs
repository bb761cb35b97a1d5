using System.Text.Json;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Inbox;

/// <summary>When reliable messages are confirmed: once they were handled, which is when the next one is asked for.</summary>
public sealed class ReliableMessageTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_message_is_confirmed_when_the_next_is_asked_for_and_not_before()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await script.Connection.HandledAsync(script.Client);
        await NothingConfirmedAsync(script);
        var message = await script.Messages.NextAsync();
        Assert.Equal(("r1", 1), (message.ReliableId, message.Attempt));
        await NothingConfirmedAsync(script);

        _ = script.Messages.Ask();
        Assert.Equal(["r1"], await ConfirmedAsync(script, 1));
        await NothingConfirmedAsync(script);
    }

    [Fact]
    public async Task One_that_was_not_handled_is_not_confirmed()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await script.Connection.SendAsync(Text.Reliable("lobby", "r2"));
        await foreach (var message in script.Client.ReadMessagesAsync())
        {
            if (message.ReliableId == "r2")
            {
                break;
            }
        }

        Assert.Equal(["r1"], await ConfirmedAsync(script, 1));
        await NothingConfirmedAsync(script);
    }

    [Fact]
    public async Task One_whose_handler_threw_is_not_confirmed_and_is_the_next_readers()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var message in script.Client.ReadMessagesAsync())
            {
                throw new InvalidDataException(message.ReliableId);
            }
        });
        await NothingConfirmedAsync(script);

        var again = await script.Messages.NextAsync(); // the next reader has it, whatever becomes of the connection
        Assert.Equal(("r1", 1), (again.ReliableId, again.Attempt));
        _ = script.Messages.Ask();
        Assert.Equal(["r1"], await ConfirmedAsync(script, 1));
    }

    [Fact]
    public async Task Many_are_confirmed_together_at_most_a_thousand_at_a_time()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 5000 });
        await script.JoinAsync("lobby");
        string[] ids = [.. Enumerable.Range(0, 2500).Select(i => $"r{i}")];
        await HandleWhileTheServerDoesNotReadAsync(script, ids, 10_000);
        var confirmed = new List<string[]>();
        while (confirmed.Sum(some => some.Length) < ids.Length)
        {
            confirmed.Add(Ids((await AckBetweenPostsAsync(script)).Json));
        }

        Assert.Equal(ids, confirmed.SelectMany(some => some));
        Assert.Equal(3, confirmed.Count);
        Assert.Equal(1000, confirmed.Max(some => some.Length));
    }

    [Fact]
    public async Task Confirming_many_long_ids_stays_within_the_largest_message()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 5000 }, new WelcomeText { MessageBytes = 4096 });
        await script.JoinAsync("lobby");
        string[] ids = [.. Enumerable.Range(0, 500).Select(i => $"{i:000}{new string('r', 60)}")];
        await HandleWhileTheServerDoesNotReadAsync(script, ids, 3000);
        var confirmed = new List<string>();
        while (confirmed.Count < ids.Length)
        {
            var ack = await AckBetweenPostsAsync(script);
            Assert.InRange(ack.Raw.Length, 1, 4096);
            confirmed.AddRange(Ids(ack.Json));
        }

        Assert.Equal(ids, confirmed);
    }

    [Fact]
    public async Task A_repetition_of_what_was_handled_is_confirmed_again_and_not_delivered()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await script.Messages.NextAsync();
        var asked = script.Messages.Ask();
        Assert.Equal(["r1"], await ConfirmedAsync(script, 1));
        script.Clock.Advance(TimeSpan.FromMinutes(1));
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1", attempt: 2));

        Assert.Equal(["r1"], await ConfirmedAsync(script, 1));
        Assert.False(asked.IsCompleted);
        Assert.Empty(await script.Messages.PayloadsAsync(script.Connection));
    }

    [Fact]
    public async Task It_is_on_the_next_connection_too()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await script.Messages.NextAsync();
        _ = script.Messages.Ask();
        await ConfirmedAsync(script, 1);
        await script.RejoinAsync();
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1", attempt: 2));

        Assert.Equal(["r1"], await ConfirmedAsync(script, 1));
        Assert.Empty(await script.Messages.PayloadsAsync(script.Connection));
    }

    [Fact]
    public async Task A_repetition_of_what_still_waits_to_be_read_is_not_delivered_twice()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1", attempt: 2));
        await script.Connection.SendAsync(Text.Reliable("lobby", "r2"));
        await script.Connection.HandledAsync(script.Client);
        await NothingConfirmedAsync(script); // nor confirmed before it was read

        Assert.Equal(["\"r1\"", "\"r2\""], await script.Messages.PayloadsAsync(script.Connection));
    }

    [Fact]
    public async Task One_that_found_the_inbox_full_is_not_confirmed_and_comes_again()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 2 });
        await script.JoinAsync("lobby");
        foreach (var id in (string[])["r1", "r2", "r3"])
        {
            await script.Connection.SendAsync(Text.Reliable("lobby", id));
        }

        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
        Assert.Equal(["\"r1\"", "\"r2\""], await script.Messages.NextAsync(2));
        _ = script.Messages.Ask();
        Assert.Equal(["r1", "r2"], await ConfirmedAsync(script, 2));
        await NothingConfirmedAsync(script);
        await script.Connection.SendAsync(Text.Reliable("lobby", "r3", attempt: 2));

        Assert.Equal(["\"r3\""], await script.Messages.NextAsync(1));
    }

    [Fact]
    public async Task One_with_a_number_that_comes_again_out_of_its_order_is_no_repetition_of_the_room()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.Connection.SendAsync(Text.Message("lobby", "8", Text.At(8) + ",\"ack\":\"r8\""));
        await script.Connection.SendAsync(Text.Numbered("lobby", 9));
        await foreach (var message in script.Client.ReadMessagesAsync())
        {
            Assert.Equal("r8", message.ReliableId);
            break; // it was not handled
        }

        await script.Connection.SendAsync(Text.Message("lobby", "8", Text.At(8) + ",\"ack\":\"r8\",\"attempt\":2")); // it waits for the next reader already
        Assert.Equal(["8", "9"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
    }

    [Fact]
    public async Task Disposing_confirms_what_was_handled()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Reliable("lobby", "r1"));
        await script.Messages.NextAsync();
        _ = script.Messages.Ask();
        var ending = script.Client.DisposeAsync().AsTask();

        Assert.Equal(["r1"], Ids(await script.Connection.ExpectAsync("ack")));
        Assert.Equal(1000, await script.Connection.ExpectCloseAsync());
        await script.Connection.CloseAsync(1000);
        await ending.WithTimeout(ScriptedConnection.Patience);
    }

    private static async Task<ClientScript> JoinedAsync()
    {
        var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        return script;
    }

    /// <summary>The way to the server is full of posts, so that all confirmations have to wait for the last of these.</summary>
    private static async Task HandleWhileTheServerDoesNotReadAsync(ClientScript script, string[] ids, int postBytes)
    {
        foreach (var id in ids)
        {
            await script.Connection.SendAsync(Text.Reliable("lobby", id));
        }

        await script.Connection.HandledAsync(script.Client);
        for (var bytes = 0; bytes < 100_000; bytes += postBytes) // 64 KiB are on their way, the rest waits
        {
            Assert.True(script.Client.Post("lobby", Payload.FromText(new string('x', postBytes))));
        }

        await script.Messages.NextAsync(ids.Length);
        _ = script.Messages.Ask();
    }

    private static async Task NothingConfirmedAsync(ClientScript script)
    {
        script.Clock.Advance(Moment); // in which what is gathered would have been sent
        await script.Connection.NothingMoreAsync(script.Client);
    }

    private static async Task<List<string>> ConfirmedAsync(ClientScript script, int count)
    {
        var confirmed = new List<string>();
        while (confirmed.Count < count)
        {
            confirmed.AddRange(await NextConfirmedAsync(script));
        }

        return confirmed;
    }

    private static async Task<Received> AckBetweenPostsAsync(ClientScript script)
    {
        while (true)
        {
            var next = script.Connection.NextAsync();
            await script.UntilAsync(next, Moment);
            if ((await next).Type != "broadcast")
            {
                Assert.Equal("ack", (await next).Type);
                return await next;
            }
        }
    }

    private static async Task<string[]> NextConfirmedAsync(ClientScript script)
    {
        var ack = script.Connection.ExpectAsync("ack");
        await script.UntilAsync(ack, Moment);
        return Ids(await ack);
    }

    private static string[] Ids(JsonElement ack) => ack.Text("id") is { } id ? [id] : [.. ack.Items("ids").Select(each => each.GetString()!)];
}
