using System.Net.WebSockets;
using System.Text.Json;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Time;
using Xunit.Abstractions;

namespace WsCore.FunctionalTests.Load;

/// <summary>Replay and live messages meet while publishers run at full speed and readers come, go and lag behind.</summary>
[Collection(HeavyLoadGroup.Name)]
public sealed class RecoveryStressTests(ITestOutputHelper output)
{
    private const int Publishers = 3;
    private const int Each = 2500;
    private const int Last = Publishers * Each;
    private const int Kept = Last; // nothing is forgotten, so everything must be recovered
    private const int MostAtOnce = 300; // messages that a reader takes before it goes
    private const int Readers = 10;

    [Fact]
    public async Task Readers_that_come_and_go_see_every_number_once_and_in_order()
    {
        output.WriteLine($"seed {TestSeed.Value}");
        await using var application = await TestApplication.StartAsync(o =>
        {
            o.SendBuffer = 4096; // so that what waits for a reader waits in its outbox
            o.Options = options => options.Namespaces["default"] = new() { History = { Size = Kept } };
        });
        var readers = Enumerable.Range(0, Readers).Select(number => ReadAsync(application, new Random(TestSeed.Value + number))).ToArray();
        var publishers = Enumerable.Range(0, Publishers).Select(_ => PublishAsync(application)).ToArray();

        await Task.WhenAll(publishers).WithTimeout(TimeSpan.FromMinutes(2));
        var seen = await Task.WhenAll(readers).WithTimeout(TimeSpan.FromMinutes(2));

        output.WriteLine($"joins {seen.Sum(reader => reader.Joins)}, closed as slow {seen.Sum(reader => reader.Slow)}");
        Assert.All(seen, reader => Assert.Equal(Last, reader.Position));
        Assert.All(seen, reader => Assert.True(reader.Joins >= Last / MostAtOnce));
    }

    private static async Task PublishAsync(TestApplication application)
    {
        await using var publisher = await application.ConnectAsync();
        await publisher.JoinAsync("stress");
        var acks = DrainAsync(publisher);
        for (var i = 0; i < Each; i++)
        {
            await publisher.SendAsync($$"""{"type":"broadcast","id":"{{i}}","room":"stress","payload":"{{new string('x', i % 300)}}"}""");
        }

        await acks;
    }

    // A publisher is a member as well: acks of its own and messages of the others together are every number once.
    private static async Task DrainAsync(ChatClient publisher)
    {
        for (var expected = 1L; expected <= Last; expected++)
        {
            var next = await publisher.NextAsync();
            var seq = next.Json.GetProperty("seq").GetInt64();
            expected = expected == 1 ? seq : expected; // others may have begun before
            Assert.Equal(expected, seq);
        }
    }

    private static async Task<Reader> ReadAsync(TestApplication application, Random random)
    {
        var reader = new Reader();
        while (reader.Position < Last)
        {
            await using var client = await application.ConnectAsync();
            try
            {
                await reader.JoinAsync(client);
                for (var messages = random.Next(1, MostAtOnce + 1); messages > 0 && reader.Position < Last; messages--)
                {
                    reader.Take((await client.NextAsync()).Json);
                    if (random.Next(400) == 0)
                    {
                        await LagAsync(application, random.Next(300)); // reads nothing while others go on
                    }
                }

                client.Socket.Abort(); // as a network does
            }
            catch (Exception exception) when (exception is WebSocketException || exception.Message.Contains("closed with 4100", StringComparison.Ordinal))
            {
                reader.Slow++;
            }
        }

        return reader;
    }

    private static async Task LagAsync(TestApplication application, int messages)
    {
        var room = application.Node.Rooms.Find("stress"u8);
        var until = Math.Min(Last, (room?.Position.Seq ?? Last) + messages);
        await Eventually.Is(() => (application.Node.Rooms.Find("stress"u8)?.Position.Seq ?? Last) >= until);
    }

    private sealed class Reader
    {
        private string? _epoch;

        public long Position { get; private set; }

        public int Joins { get; private set; }

        public int Slow { get; set; }

        public async Task JoinAsync(ChatClient client)
        {
            Joins++;
            if (_epoch is null)
            {
                _epoch = (await client.JoinAsync("stress")).GetProperty("epoch").GetString();
                Position = 0;
                await client.LeaveAsync("stress");
                await client.NewsAsync(); // and from the beginning, by replay
            }

            var ack = await client.AckAsync($$$"""{"type":"join","room":"stress","since":{"epoch":"{{{_epoch}}}","seq":{{{Position}}}}}""");
            Assert.Equal(_epoch, ack.GetProperty("epoch").GetString());
            Assert.True(ack.GetProperty("recovered").GetBoolean(), $"not recovered from {Position}, although all are kept: {ack}");
        }

        public void Take(JsonElement message)
        {
            Assert.Equal("message", message.GetProperty("type").GetString());
            Assert.Equal(++Position, message.GetProperty("seq").GetInt64());
        }
    }
}
