using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Inbox;

/// <summary>How messages are read.</summary>
public sealed class ReadingTests
{
    [Fact]
    public async Task Messages_wait_for_their_reader_in_the_order_in_which_they_came()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("a", Text.At(0));
        await script.JoinAsync("b");
        for (var i = 1; i <= 50; i++)
        {
            await script.Connection.SendAsync(Text.Numbered("a", i));
            await script.Connection.SendAsync(Text.Message("b", $"{i}"));
        }

        await script.Connection.HandledAsync(script.Client);
        foreach (var i in Enumerable.Range(1, 50))
        {
            Assert.Equal([$"{i}", $"{i}"], await script.Messages.NextAsync(2));
        }
    }

    [Fact]
    public async Task Two_readers_at_a_time_are_one_too_many()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var first = script.Messages.Ask();
        await using var second = script.Client.ReadMessagesAsync().GetAsyncEnumerator();

        await Assert.ThrowsAsync<InvalidOperationException>(() => second.MoveNextAsync().WithTimeout(ScriptedConnection.Patience));
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task One_after_the_other_goes_on_where_the_first_stopped()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(0));
        for (var i = 1; i <= 3; i++)
        {
            await script.Connection.SendAsync(Text.Numbered("lobby", i));
        }

        var read = new List<string>();
        while (read.Count < 3)
        {
            await foreach (var message in script.Client.ReadMessagesAsync())
            {
                read.Add(message.Payload.ToString());
                break;
            }
        }

        Assert.Equal(["1", "2", "3"], read);
    }

    [Fact]
    public async Task A_reader_that_is_cancelled_makes_place_for_another()
    {
        await using var script = await ClientScript.ConnectedAsync();
        using var cancellation = new CancellationTokenSource();
        await using (var first = script.Client.ReadMessagesAsync(cancellation.Token).GetAsyncEnumerator())
        {
            var asked = first.MoveNextAsync().AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WithTimeout(ScriptedConnection.Patience));
        }

        await script.JoinAsync("lobby");
        await script.Connection.SendAsync(Text.Message("lobby", "1"));
        Assert.Equal(["1"], await script.Messages.NextAsync(1));
    }

    [Fact]
    public async Task A_reader_that_is_cancelled_gets_nothing_more_of_what_waits()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.Connection.SendAsync(Text.Message("lobby", "1"));
        await script.Connection.SendAsync(Text.Message("lobby", "2"));
        await script.Connection.HandledAsync(script.Client);
        using var cancellation = new CancellationTokenSource();
        await using (var first = script.Client.ReadMessagesAsync(cancellation.Token).GetAsyncEnumerator())
        {
            Assert.True(await first.MoveNextAsync());
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.MoveNextAsync().AsTask().WithTimeout(ScriptedConnection.Patience));
        }

        Assert.Equal(["2"], await script.Messages.NextAsync(1));
    }

    [Fact]
    public async Task Reading_ends_with_the_client_after_what_had_come()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(0));
        await script.Connection.SendAsync(Text.Numbered("lobby", 1));
        await script.Connection.SendAsync(Text.Numbered("lobby", 2));
        await script.Connection.CloseAsync(1000);
        await script.Client.Completion.WithTimeout(ScriptedConnection.Patience);

        Assert.Equal(["1", "2"], await script.Messages.NextAsync(2));
        await script.Messages.EndAsync();
    }

    [Fact]
    public async Task Reading_goes_on_over_a_reconnect()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(0));
        var reading = script.Messages.NextAsync(2);
        await script.Connection.SendAsync(Text.Numbered("lobby", 1));
        await script.Connection.HandledAsync(script.Client);
        await script.RejoinAsync(Text.At(2) + ",\"recovered\":true");
        await script.Connection.SendAsync(Text.Numbered("lobby", 2));

        Assert.Equal(["1", "2"], await reading.WithTimeout(ScriptedConnection.Patience));
    }
}
