using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;

namespace WsCore.ClientTests.Inbox;

/// <summary>Reliable messages that come again in a room with history, which may have brought them already, and may not. Two messages may wait.</summary>
public sealed class RepeatedMessageTests
{
    [Fact]
    public async Task One_that_neither_came_nor_could_be_fetched_is_delivered()
    {
        await using var script = await BehindAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync(Text.At(12) + ",\"recovered\":false");
        Assert.Equal(new GapEvent("lobby", new Position("e", 9), new Position("e", 12)), await script.Events.NextAsync<GapEvent>());
        await script.Connection.SendAsync(Repeated("e", 10));

        Assert.Equal(["10"], await script.Messages.NextAsync(1));
        _ = script.Messages.Ask();
        Assert.Equal("r10", (await script.Connection.ExpectAsync("ack")).Text("id"));
        await script.ReconnectAsync();
        Assert.Equal(new Position("e", 12), (await script.Connection.ExpectJoinAsync()).Since("lobby"));
    }

    [Fact]
    public async Task One_that_was_fetched_is_only_confirmed()
    {
        await using var script = await BehindAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync(Text.At(10) + ",\"recovered\":true");
        await script.Connection.SendAsync(Text.Numbered("lobby", 10));
        await script.Connection.SendAsync(Repeated("e", 10));

        Assert.Equal("r10", (await script.Connection.ExpectAsync("ack")).Text("id"));
        Assert.Equal(["10"], await script.Messages.PayloadsAsync(script.Connection));
    }

    [Fact]
    public async Task One_of_an_epoch_that_is_over_is_delivered_and_moves_nothing()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.RejoinAsync(Text.At(new Position("f", 3)) + ",\"recovered\":false");
        await script.Connection.SendAsync(Repeated("e", 8));
        await script.Connection.SendAsync(Text.Message("lobby", "4", Text.At(new Position("f", 4))));

        Assert.Equal(["8", "4"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.Single(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
        await script.ReconnectAsync();
        Assert.Equal(new Position("f", 4), (await script.Connection.ExpectJoinAsync()).Since("lobby"));
    }

    [Fact]
    public async Task One_that_its_reader_left_is_the_next_readers_over_a_reconnect_too()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.Connection.SendAsync(Text.Message("lobby", "8", Text.At(8) + ",\"ack\":\"r8\""));
        await foreach (var message in script.Client.ReadMessagesAsync())
        {
            Assert.Equal("r8", message.ReliableId);
            break;
        }

        await script.RejoinAsync(Text.At(9) + ",\"recovered\":true");
        await script.Connection.SendAsync(Text.Numbered("lobby", 9));
        Assert.Equal(["8"], await script.Messages.NextAsync(1));
        await script.Connection.NothingMoreAsync(script.Client); // it is not handled yet
        Assert.Equal(["9"], await script.Messages.NextAsync(1));
        Assert.Equal("r8", (await script.Connection.ExpectAsync("ack")).Text("id"));
        Assert.Empty(await script.Messages.PayloadsAsync(script.Connection));
    }

    /// <summary>At 9: the reliable 10 found the inbox full, which is empty now.</summary>
    private static async Task<ClientScript> BehindAsync()
    {
        var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 2 });
        await script.JoinAsync("lobby", Text.At(7));
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));
        await script.Connection.SendAsync(Text.Numbered("lobby", 9));
        await script.Connection.SendAsync(Text.Message("lobby", "10", Text.At(10) + ",\"ack\":\"r10\""));
        await script.Connection.HandledAsync(script.Client);
        Assert.Equal(["8", "9"], await script.Messages.NextAsync(2));
        return script;
    }

    private static string Repeated(string epoch, long seq) => Text.Message("lobby", $"{seq}", $"{Text.At(new Position(epoch, seq))},\"ack\":\"r{seq}\",\"attempt\":2");
}
