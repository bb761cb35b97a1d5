using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Load;

/// <summary>What a stranger may do without costing others their connection, or the server its memory.</summary>
[Collection(HeavyLoadGroup.Name)]
public sealed class HostileClientTests
{
    [Theory]
    [InlineData("ping")]
    [InlineData("not JSON")]
    [InlineData("request")]
    public async Task A_flood_waits_in_the_sockets_and_not_in_the_lanes(string what)
    {
        const int Clients = 20;
        const int Mark = 64;
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Lanes.InboxItems = Mark);
        var one = what switch
        {
            "ping" => RawFrame.Encode(RawOpcode.Ping, []),
            "not JSON" => RawFrame.Encode(RawOpcode.Text, "x"u8),
            _ => RawFrame.Encode(RawOpcode.Text, """{"type":"leave","id":"1","room":"a"}"""u8),
        };
        byte[] batch = [.. Enumerable.Repeat(one, 20_000).SelectMany(frame => frame)];
        var sockets = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => application.ConnectRawAsync()));
        var done = false;
        var most = 0;
        var sampler = Task.Run(() =>
        {
            while (!Volatile.Read(ref done))
            {
                foreach (var lane in application.Node.Lanes.All)
                {
                    most = Math.Max(most, lane.Waiting);
                }
            }
        });
        var reading = sockets.Select(socket => Task.Run(() => socket.DrainAsync())).ToArray();
        var sending = Task.WhenAll(sockets.Select(async socket =>
        {
            await socket.SendRawAsync(batch);
            await socket.SendCloseAsync(1000, "");
        }));
        await sending.WithTimeout();
        await Task.WhenAll(reading).WithTimeout();
        await application.IsEmptyAsync();
        Volatile.Write(ref done, true);
        await sampler.WithTimeout();

        Assert.InRange(most, 1, Mark + (4 * Clients)); // each read loop may have one message at work, and a close
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_burst_throws_nobody_out_who_reads()
    {
        const int Readers = 20;
        const int Messages = 30;
        await using var application = await TestApplication.StartWithManualClockAsync(); // so that no reader is ever said to stand still
        var readers = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => application.ConnectRawAsync()));
        await using var publisher = await application.ConnectRawAsync();
        foreach (var socket in (RawWebSocket[])[.. readers, publisher])
        {
            await socket.SendTextAsync("""{"type":"join","id":"1","room":"a"}""");
            Assert.Equal("ack", (await socket.ReceiveJsonAsync()).Text("type"));
        }

        var reading = Task.WhenAll(readers.Select(reader => Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                Assert.Equal(i, (await reader.ReceiveJsonAsync()).GetProperty("payload")[0].GetInt32());
            }
        })));
        byte[] burst =
        [
            .. Enumerable.Range(0, Messages).SelectMany(i => RawFrame.Encode(
                RawOpcode.Text, System.Text.Encoding.UTF8.GetBytes($$"""{"type":"broadcast","room":"a","payload":[{{i}},"{{new string('x', 60_000)}}"]}"""))),
        ];
        await publisher.SendRawAsync(burst);

        await reading.WithTimeout();
        Assert.Equal(0, application.Node.Lanes.All.ToArray().Sum(lane => lane.Counters.SlowReaders));
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Who_closes_and_never_reads_the_rest_is_cut_all_the_same()
    {
        var open = 0;
        await using var application = await TestApplication.StartWithManualClockAsync(o =>
        {
            o.SendBuffer = 4096;
            o.Kestrel = kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => connection =>
            {
                Interlocked.Increment(ref open);
                connection.ConnectionClosed.Register(() => Interlocked.Decrement(ref open));
                return next(connection);
            }));
        });
        await using var socket = await application.ConnectRawAsync(new RawWebSocketOptions { ReceiveBuffer = 4096 });
        await socket.SendTextAsync("""{"type":"join","room":"a"}""");
        for (var i = 0; i < 15; i++)
        {
            await socket.SendTextAsync($$"""{"type":"broadcast","room":"a","echo":true,"payload":"{{new string('x', 3000)}}"}""");
        }

        await socket.SendCloseAsync(1000, "");
        await application.IsEmptyAsync();
        Assert.Equal(1, Volatile.Read(ref open)); // the server has done its part; what is left is the transport's

        application.AdvancePast(TimeSpan.FromSeconds(5));
        await Eventually.Equal(0, () => Volatile.Read(ref open));
    }
}
