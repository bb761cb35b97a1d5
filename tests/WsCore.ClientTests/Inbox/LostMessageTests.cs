using System.Diagnostics.Metrics;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Inbox;

/// <summary>Messages without a number that find the inbox full, ten of which may wait; and a reader who is just too late to see that it was.</summary>
public sealed class LostMessageTests
{
    [Theory]
    [InlineData("\"to\":\"ada\"", "user:ada")]
    [InlineData("\"namespace\":\"chat\"", null)]
    [InlineData("\"everybody\":true", null)]
    public async Task They_are_lost_and_told_once_each_time_that_it_is_full(string address, string? room)
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 }, new WelcomeText { User = "ada" });
        for (var episode = 0; episode < 2; episode++)
        {
            for (var i = 0; i < 15; i++)
            {
                await script.Connection.SendAsync($$"""{"type":"message",{{address}},"time":1767268800600,"payload":{{i}}}""");
            }

            Assert.Equal(new GapEvent(room, null, null), Assert.Single(await script.Events.NewsAsync(script.Connection), told => told is GapEvent));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), await script.Messages.NextAsync(10));
        }
    }

    [Fact]
    public async Task A_reader_that_empties_the_inbox_while_it_is_found_full_misses_nothing()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });
        await script.JoinAsync("lobby", Text.At(0));
        var room = new ScriptedRoom("lobby");
        await room.SayAsync(script.Connection, 10);
        await script.Connection.HandledAsync(script.Client);
        var read = new List<Task<string[]>>();
        using var listener = new MeterListener(); // it is told between the one and the other; of another client's inbox, too, which does no harm
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "wscore.client.inbox.dropped")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            lock (read)
            {
                if (read.Count == 0)
                {
                    read.Add(script.Messages.NextAsync(10)); // all are there, so it is done when this returns
                }
            }
        });
        listener.Start();
        await room.SayAsync(script.Connection, 1);
        await script.Connection.HandledAsync(script.Client);
        listener.Dispose();

        Assert.Equal(10, (await Assert.Single(read).WithTimeout(ScriptedConnection.Patience)).Length);
        var reading = script.Messages.NextAsync(1);
        var serving = room.ServeAsync(script.Connection, reading);
        Assert.Equal(["11"], await reading.WithTimeout(ScriptedConnection.Patience));
        await serving.WithTimeout(ScriptedConnection.Patience);
    }
}
