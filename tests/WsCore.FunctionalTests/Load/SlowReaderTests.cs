using System.Text;
using System.Text.Json;
using WsCore.Access;
using WsCore.Connections;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Load;

/// <summary>Who does not read is closed with 4100, and delays nobody.</summary>
[Collection(HeavyLoadGroup.Name)]
public sealed class SlowReaderTests
{
    private const int OutboxBytes = 64 * 1024;
    private const int MessageBytes = 4 * 1024;

    private static readonly RawWebSocketOptions SmallWindow = new() { ReceiveBuffer = 4096 };

    [Fact]
    public async Task One_that_stops_reading_is_closed_with_4100_while_a_thousand_others_get_every_message_in_order()
    {
        const int Others = 1000;
        const int Window = 4; // messages in flight: far below what makes the others slow readers
        await using var application = await StartAsync();
        await using var slow = await JoinedAsync(application, SmallWindow);
        var slowConnection = await application.SingleConnectionAsync();
        var others = new RawWebSocket[Others];
        await Parallel.ForAsync(0, Others, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => others[i] = await JoinedAsync(application));
        Assert.Equal(Others + 1, application.Node.Connections.Count);

        var closedAfter = 0;
        for (var number = 0; closedAfter == 0 || number < closedAfter + 20; number += Window) // goes on after the close
        {
            for (var i = number; i < number + Window; i++)
            {
                await application.WsCore.BroadcastAsync("lobby", Numbered(i));
            }

            await Parallel.ForAsync(0, Others, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (other, _) =>
            {
                for (var i = number; i < number + Window; i++)
                {
                    Assert.Equal(i, NumberOf(await others[other].ReceiveMessageAsync()));
                }
            });
            closedAfter = closedAfter == 0 && slowConnection.IsClosing ? number : closedAfter;
            Assert.InRange(number, 0, 1000);
        }

        Assert.Equal(4100, slowConnection.CloseCode);
        Assert.Equal(Others, application.WsCore.Members("lobby").Count);

        // Reading at last, it finds an unbroken beginning and then the close, with no frame cut.
        var read = await ReadToCloseAsync(slow);
        Assert.Equal(4100, read.Close.Code);
        Assert.Equal(Enumerable.Range(0, read.Numbers.Count), read.Numbers);
        Assert.InRange(read.Numbers.Count, 1, closedAfter + Window);
        await slow.SendCloseAsync(4100);
        await slow.ExpectEofAsync();
        Assert.Equal(1, application.Node.Lanes.All.ToArray().Sum(lane => lane.Counters.SlowReaders));
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_that_never_reads_again_is_cut_after_the_stall_timeout()
    {
        await using var application = await StartAsync(manualClock: true);
        await using var slow = await JoinedAsync(application, SmallWindow);
        var connection = await application.SingleConnectionAsync();
        await FloodAsync(application, connection);

        application.Time.Advance(TimeSpan.FromSeconds(8)); // beyond the close timeout, which is not for slow readers
        Assert.Equal(1, application.Node.Connections.Count);
        application.AdvancePast(TimeSpan.FromSeconds(2));
        await application.IsEmptyAsync();
        await slow.DrainAsync();
    }

    [Fact]
    public async Task Its_own_requests_are_not_taken_any_more()
    {
        await using var application = await StartAsync();
        await using var slow = await JoinedAsync(application, SmallWindow);
        var connection = await application.SingleConnectionAsync();
        await FloodAsync(application, connection);

        await slow.SendTextAsync("""{"type":"join","room":"other"}""");
        Assert.Equal(4100, (await ReadToCloseAsync(slow)).Close.Code);
        await slow.SendCloseAsync(4100);
        await slow.ExpectEofAsync();
        await application.IsEmptyAsync();
        Assert.Equal(0, application.Node.Rooms.Count);
    }

    [Fact]
    public async Task Ephemeral_messages_are_dropped_first_and_the_others_all_arrive()
    {
        await using var application = await StartAsync();
        await using var slow = await JoinedAsync(application, SmallWindow);
        var connection = await application.SingleConnectionAsync();
        await using var sender = await application.ConnectAsync();
        await sender.JoinAsync("lobby");
        var blob = new string('x', MessageBytes);

        // Far more than fits, but all that must not be lost fits well.
        for (var i = 0; i < 200; i++)
        {
            await sender.BroadcastAsync("lobby", $"[{i},\"{blob}\"]", ""","ephemeral":true""");
            if (i % 50 == 49)
            {
                await sender.BroadcastAsync("lobby", $"[{i},\"kept\"]");
            }
        }

        Assert.False(connection.IsClosing);
        await sender.BroadcastAsync("lobby", "[-1,\"end\"]");
        var kept = new List<int>();
        var ephemeral = new List<int>();
        while (true)
        {
            var payload = (await slow.ReceiveJsonAsync()).GetProperty("payload");
            var (number, text) = (payload[0].GetInt32(), payload[1].GetString()!);
            if (text == "end")
            {
                break;
            }

            (text == "kept" ? kept : ephemeral).Add(number);
        }

        Assert.Equal([49, 99, 149, 199], kept);
        Assert.InRange(ephemeral.Count, 1, 199);
        Assert.Equal(ephemeral.Order(), ephemeral);
        Assert.Equal(200 - ephemeral.Count, application.Node.Lanes.All.ToArray().Sum(lane => lane.Counters.DroppedEphemeral));
    }

    [Fact]
    public async Task A_reader_that_is_merely_behind_gets_everything()
    {
        await using var application = await StartAsync();
        await using var slow = await JoinedAsync(application, SmallWindow);
        for (var i = 0; i < 14; i++) // less than the outbox
        {
            await application.WsCore.BroadcastAsync("lobby", Numbered(i));
        }

        for (var i = 0; i < 14; i++)
        {
            Assert.Equal(i, NumberOf(await slow.ReceiveMessageAsync()));
        }

        await slow.CloseAsync();
    }

    [Fact]
    public async Task A_client_that_pings_without_reading_costs_no_memory()
    {
        await using var application = await StartAsync();
        await using var slow = await JoinedAsync(application, SmallWindow);
        var connection = await application.SingleConnectionAsync();
        var pings = Enumerable.Repeat(RawFrame.Encode(RawOpcode.Ping, new byte[125]), 500).SelectMany(frame => frame).ToArray();
        for (var i = 0; i < 20; i++)
        {
            await slow.SendRawAsync(pings);
        }

        // 10,000 pongs of 127 bytes are more than the outbox holds; of those that wait only the newest is sent
        await slow.SendFrameAsync(RawOpcode.Ping, "last"u8.ToArray());
        RawFrame frame;
        do
        {
            frame = await slow.ReceiveFrameAsync();
            Assert.Equal(RawOpcode.Pong, frame.Opcode);
        }
        while (frame.Payload.Length == 125);
        Assert.Equal("last", frame.Text);
        Assert.False(connection.IsClosing);
    }

    private static Task<TestApplication> StartAsync(bool manualClock = false) => TestApplication.StartAsync(o =>
    {
        o.Time = manualClock ? new ManualTimeProvider() : null;
        o.SendBuffer = 8 * 1024;
        o.Kestrel = kestrel => kestrel.Limits.MaxResponseBufferSize = 8 * 1024;
        o.Options = options =>
        {
            options.Limits.MaxMessageBytes = OutboxBytes / 8;
            options.Outbox.MaxBytes = options.Outbox.BurstBytes = OutboxBytes; // how long a burst may wait is the subject of others
        };
    });

    private static async Task<RawWebSocket> JoinedAsync(TestApplication application, RawWebSocketOptions? options = null)
    {
        var socket = await application.ConnectRawAsync(options);
        await socket.SendTextAsync("""{"type":"join","id":"1","room":"lobby"}""");
        Assert.Equal("ack", (await socket.ReceiveJsonAsync()).Text("type"));
        return socket;
    }

    private static async Task FloodAsync(TestApplication application, Connection connection)
    {
        for (var i = 0; !connection.IsClosing; i++)
        {
            await application.WsCore.BroadcastAsync("lobby", Numbered(i));
            Assert.InRange(i, 0, 10_000);
        }

        Assert.Equal(4100, connection.CloseCode);
    }

    private static Payload Numbered(int number) => Payload.FromJson($"[{number},\"{new string('x', MessageBytes)}\"]");

    private static int NumberOf(RawFrame message) => JsonElement.Parse(message.Text).GetProperty("payload")[0].GetInt32();

    private static async Task<(List<int> Numbers, RawClose Close)> ReadToCloseAsync(RawWebSocket socket)
    {
        var numbers = new List<int>();
        while (true)
        {
            var frame = await socket.ReceiveFrameAsync();
            if (frame.Opcode == RawOpcode.Close)
            {
                return (numbers, new RawClose((frame.Payload[0] << 8) | frame.Payload[1], Encoding.UTF8.GetString(frame.Payload.AsSpan(2))));
            }

            numbers.Add(NumberOf(frame));
        }
    }
}
