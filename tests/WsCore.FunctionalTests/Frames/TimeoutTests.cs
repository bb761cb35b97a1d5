using WsCore.Connections;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Frames;

/// <summary>Silence and messages that do not end, by a clock that the test moves.</summary>
public sealed class TimeoutTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_silent_client_is_pinged_after_the_interval_and_given_up_after_the_timeout()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();

        application.Time.Advance(Interval - TimeSpan.FromSeconds(2));
        Assert.Equal(0, connection.Pinged);
        application.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(RawOpcode.Ping, (await socket.ReceiveFrameAsync()).Opcode);
        application.Time.Advance(HeartbeatTimeout - TimeSpan.FromSeconds(4));
        Assert.False(connection.IsClosing);
        application.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(4102, (await socket.ReceiveCloseAsync()).Code);
        await socket.SendCloseAsync(4102);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task A_client_that_answers_its_pings_stays()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        for (var round = 0; round < 5; round++)
        {
            while (connection.Pinged == 0)
            {
                application.Time.Advance(TimeSpan.FromSeconds(1));
            }

            var ping = await socket.ReceiveFrameAsync();
            Assert.Equal(RawOpcode.Ping, ping.Opcode);
            await socket.SendFrameAsync(RawOpcode.Pong, ping.Payload);
            await HeardAsync(application, connection);
            application.Time.Advance(HeartbeatTimeout - TimeSpan.FromSeconds(1));
            Assert.Equal(0, connection.Pinged);
        }

        await socket.ExpectSilenceAsync();
    }

    [Fact]
    public async Task Any_byte_counts_as_life_even_of_a_frame_that_has_only_begun()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        var frame = RawFrame.Encode(RawOpcode.Text, """{"type":"join","id":"1","room":"lobby"}"""u8);

        application.Time.Advance(TimeSpan.FromSeconds(20));
        await socket.SendRawAsync(frame.AsMemory(0, 1));
        await HeardAsync(application, connection);
        application.Time.Advance(TimeSpan.FromSeconds(20)); // 40 s since the connection opened, 20 s since the byte
        await socket.SendRawAsync(frame.AsMemory(1));

        // no ping before the answer
        Assert.Equal("""{"type":"ack","id":"1","room":"lobby"}""", (await socket.ReceiveFrameAsync()).Text);
    }

    [Fact]
    public async Task What_the_server_sends_is_no_sign_of_life_of_the_client()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        var opened = application.Time.GetUtcNow();
        while (!connection.IsClosing && application.Time.GetUtcNow() - opened < TimeSpan.FromMinutes(1))
        {
            application.Time.Advance(TimeSpan.FromSeconds(1));
            await application.WsCore.BroadcastToEverybodyAsync(Access.Payload.FromJson("1"));
        }

        Assert.Equal(4102, (await socket.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task A_message_that_does_not_end_costs_the_connection()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        await socket.SendFrameAsync(RawOpcode.Text, " "u8.ToArray(), fin: false);
        await Eventually.Is(() => connection.MessageBegan != 0);

        for (var i = 0; i < 3; i++) // alive, and even at work, but it does not come to an end
        {
            application.Time.Advance(TimeSpan.FromSeconds(9));
            await socket.SendFrameAsync(RawOpcode.Continuation, " "u8.ToArray(), fin: false);
            await HeardAsync(application, connection);
        }

        Assert.False(connection.IsClosing);
        application.AdvancePast(TimeSpan.FromSeconds(3));
        var close = await socket.ReceiveCloseAsync();
        Assert.Equal(1008, close.Code);
        Assert.Contains("30 s", close.Reason, StringComparison.Ordinal);
        await socket.SendCloseAsync(1008);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task The_time_of_a_message_is_its_own_and_not_that_of_the_one_before()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        for (var i = 0; i < 4; i++)
        {
            var frame = RawFrame.Encode(RawOpcode.Text, """{"type":"join","id":"1","room":"lobby"}"""u8);
            await socket.SendRawAsync(frame.AsMemory(0, 9));
            await Eventually.Is(() => connection.MessageBegan != 0);
            application.Time.Advance(TimeSpan.FromSeconds(20));
            await socket.SendRawAsync(frame.AsMemory(9));
            Assert.Equal("ack", (await socket.ReceiveJsonAsync()).Text("type"));
        }

        Assert.False(connection.IsClosing);
    }

    private static async Task HeardAsync(TestApplication application, Connection connection) =>
        await Eventually.Equal(application.Node.Clock.Now, () => connection.LastReceived);
}
