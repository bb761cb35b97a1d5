using System.Net;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Limits;

/// <summary>How fast a connection may speak, by a clock that the test moves: ten messages a second, five at once.</summary>
public sealed class RateLimitTests
{
    private const int Burst = 5;
    private const string Leave = """{"type":"leave","room":"a"}""";

    [Fact]
    public async Task A_burst_passes_and_what_is_over_it_is_refused_with_its_id_and_a_time_after_which_it_passes()
    {
        await using var application = await StartAsync();
        await using var client = await application.ConnectAsync();
        Assert.Equal("""{"messageBytes":65536,"messagesPerSecond":10,"burst":5}""", client.Welcome.Raw("limits"));
        await SpendAsync(client);

        var refused = await client.RefusedAsync("rate_limited", """{"type":"join","room":"a"}""");
        Assert.Equal(["type", "id", "code", "message", "retryAfter"], refused.Names());
        Assert.InRange(refused.Number("retryAfter"), 100, 101);
        Assert.Equal(0, application.Node.Rooms.Count); // and it had no effect
        application.Time.Advance(TimeSpan.FromMilliseconds(98));
        await client.RefusedAsync("rate_limited", Leave);
        application.Time.Advance(TimeSpan.FromMilliseconds(refused.Number("retryAfter") - 98));
        await client.AckAsync(Leave);
        await client.RefusedAsync("rate_limited", Leave);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("""{"type":"nonsense"}""")]
    [InlineData("""{"type":"ping"}""")]
    [InlineData("""{"type":"ack","ids":7}""")]
    public async Task Whatever_is_said_costs_a_message(string said)
    {
        await using var application = await StartAsync();
        await using var client = await application.ConnectAsync();
        for (var i = 0; i < Burst; i++)
        {
            await client.SendAsync(said);
        }

        await client.RefusedAsync("rate_limited", Leave);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_without_an_id_and_with_a_time()
    {
        await using var application = await StartAsync();
        await using var client = await application.ConnectAsync();
        await SpendAsync(client);
        await client.SendAsync("not JSON");
        var refused = await client.NextAsync("error");
        Assert.Equal(["type", "code", "message", "retryAfter"], refused.Json.Names());
    }

    [Fact]
    public async Task A_binary_message_costs_as_much_as_its_bytes()
    {
        await using var application = await StartAsync(limits =>
        {
            limits.MessagesPerSecond = 0;
            (limits.BytesPerSecond, limits.ByteBurst, limits.MaxMessageBytes) = (1024, 4096, 4096);
        });
        await using var client = await application.ConnectAsync();
        Assert.Equal("""{"messageBytes":4096,"messagesPerSecond":0,"burst":0}""", client.Welcome.Raw("limits"));
        await client.JoinAsync("a");

        const string Broadcast = """{"type":"broadcast","room":"a"}""";
        await client.RequestBinaryAsync(Broadcast, new byte[3000]);
        var refused = await client.RequestBinaryAsync(Broadcast, new byte[3000]);
        Assert.Equal("rate_limited", refused.Text("code"));
        application.Time.Advance(TimeSpan.FromMilliseconds(refused.Number("retryAfter")));
        Assert.Equal("ack", (await client.RequestBinaryAsync(Broadcast, new byte[3000])).Text("type"));
    }

    [Fact]
    public async Task An_ack_costs_no_message_but_its_bytes()
    {
        await using var application = await StartAsync(limits => (limits.BytesPerSecond, limits.ByteBurst, limits.MaxMessageBytes) = (1, 4096, 4096));
        await using var client = await application.ConnectAsync();
        for (var i = 0; i < 20; i++) // 26 bytes each
        {
            await client.SendAsync("""{"type":"ack","id":"m-17"}""");
        }

        await client.AckAsync(Leave);
        for (var i = 0; i < 4096 / 26; i++)
        {
            await client.SendAsync("""{"type":"ack","id":"m-17"}""");
        }

        await client.RefusedAsync("rate_limited", Leave); // the bytes are spent, and this is the first that was heard of it: an ack is never answered
    }

    [Fact]
    public async Task Pings_of_the_socket_cost_bytes_and_get_no_pong_when_these_are_spent()
    {
        await using var application = await StartAsync(limits => (limits.BytesPerSecond, limits.ByteBurst, limits.MaxMessageBytes) = (1, 1024, 1024));
        await using var socket = await application.ConnectRawAsync();
        for (var i = 0; i < 1024 / 64; i++)
        {
            await socket.SendFrameAsync(RawOpcode.Ping, ReadOnlyMemory<byte>.Empty);
            Assert.Equal(RawOpcode.Pong, (await socket.ReceiveFrameAsync()).Opcode);
        }

        await socket.SendFrameAsync(RawOpcode.Ping, ReadOnlyMemory<byte>.Empty);
        await socket.SendTextAsync(Leave);
        var answer = await socket.ReceiveFrameAsync();
        Assert.Equal(RawOpcode.Text, answer.Opcode);
        Assert.Contains("rate_limited", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flood_is_closed_with_4101_after_so_many_refusals(bool ofPings)
    {
        await using var application = await StartAsync(limits =>
        {
            (limits.BytesPerSecond, limits.ByteBurst, limits.MaxMessageBytes) = (1, 1024, 1024);
            limits.ViolationsBeforeClose = 20;
        });
        await using var socket = await application.ConnectRawAsync();
        for (var i = 0; i < (ofPings ? 1024 / 64 : Burst) + 20; i++)
        {
            await socket.SendFrameAsync(ofPings ? RawOpcode.Ping : RawOpcode.Text, "x"u8.ToArray());
        }

        var close = await socket.ReceiveCloseAsync();
        Assert.Equal(4101, close.Code);
        Assert.Contains("20 messages over the rate limit within 10 s", close.Reason, StringComparison.Ordinal);
        await socket.SendCloseAsync(4101);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task Refusals_that_are_spread_over_time_cost_no_connection()
    {
        await using var application = await StartAsync(limits => (limits.MessagesPerSecond, limits.MessageBurst, limits.ViolationsBeforeClose) = (1, 1, 3));
        await using var client = await application.ConnectAsync();
        for (var i = 0; i < 10; i++)
        {
            await client.AckAsync(Leave);
            await client.RefusedAsync("rate_limited", Leave);
            await client.RefusedAsync("rate_limited", Leave);
            application.Time.Advance(TimeSpan.FromSeconds(11));
        }
    }

    [Fact]
    public async Task Zero_is_unlimited()
    {
        await using var application = await StartAsync(limits => (limits.MessagesPerSecond, limits.BytesPerSecond) = (0, 0));
        await using var client = await application.ConnectAsync();
        for (var i = 0; i < 500; i++)
        {
            await client.AckAsync(Leave);
        }
    }

    [Fact]
    public async Task Connections_of_one_user_share_a_limit_and_a_new_one_has_nothing_more()
    {
        await using var application = await StartAsync(limits =>
        {
            limits.MessagesPerSecond = 0;
            limits.PerUser = new() { MessagesPerSecond = 10, MessageBurst = Burst };
        });
        await using var one = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await using var nobody = await application.ConnectAsync();
        await using (var other = await application.ConnectAsync("ada"))
        {
            await other.AckAsync(Leave);
            await other.AckAsync(Leave);
            await other.CloseAsync();
        }

        await SpendAsync(one, Burst - 2);
        Assert.Contains("this user", (await one.RefusedAsync("rate_limited", Leave)).Text("message"), StringComparison.Ordinal);
        await SpendAsync(grace);
        await SpendAsync(nobody, Burst * 2); // no user, no limit of a user
        await one.CloseAsync();
        await Eventually.Equal(2, () => application.Node.Connections.Count);
        await using var again = await application.ConnectAsync("ada");
        await again.RefusedAsync("rate_limited", Leave);
        await again.CloseAsync();
        await Eventually.Equal(2, () => application.Node.Connections.Count);
        Assert.Equal(2, application.Node.RateLimits.Shared);
        application.AdvancePast(TimeSpan.FromSeconds(1));
        Assert.Equal(1, application.Node.RateLimits.Shared); // ada's is forgotten once it is full, grace is here
    }

    [Fact]
    public async Task Connections_from_one_address_share_a_limit()
    {
        await using var application = await StartAsync(limits =>
        {
            limits.MessagesPerSecond = 0;
            limits.PerAddress = new() { MessagesPerSecond = 10, MessageBurst = Burst };
        });
        await using var one = await application.ConnectAsync("ada");
        await using var other = await application.ConnectAsync("grace");
        await SpendAsync(one);
        Assert.Contains("this address", (await other.RefusedAsync("rate_limited", Leave)).Text("message"), StringComparison.Ordinal);

        await using var elsewhere = await application.ConnectRawAsync(new RawWebSocketOptions { From = IPAddress.Parse("127.0.0.2") });
        for (var i = 0; i < Burst; i++)
        {
            await elsewhere.SendTextAsync("""{"type":"leave","id":"1","room":"a"}""");
            Assert.Equal("ack", (await elsewhere.ReceiveJsonAsync()).Text("type"));
        }

        await elsewhere.SendTextAsync(Leave);
        Assert.Equal("rate_limited", (await elsewhere.ReceiveJsonAsync()).Text("code"));
    }

    private static Task<TestApplication> StartAsync(Action<WsCore.Limits.LimitOptions>? configure = null) =>
        TestApplication.StartWithManualClockAsync(o => o.Options = options =>
        {
            (options.Limits.MessagesPerSecond, options.Limits.MessageBurst, options.Limits.ViolationsBeforeClose) = (10, Burst, 0);
            configure?.Invoke(options.Limits);
        });

    private static async Task SpendAsync(ChatClient client, int messages = Burst)
    {
        for (var i = 0; i < messages; i++)
        {
            await client.AckAsync(Leave);
        }
    }
}
