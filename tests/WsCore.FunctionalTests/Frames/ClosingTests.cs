using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Frames;

/// <summary>The closing handshake, from either side, and the ends without one.</summary>
public sealed class ClosingTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1002)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1011)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(4999)]
    public async Task The_clients_code_is_echoed(int code)
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();

        var close = await socket.CloseAsync(code, "bye, tschüß");

        Assert.Equal(code, close.Code);
        await application.IsEmptyAsync();
    }

    [Fact]
    public async Task A_close_without_a_code_is_answered_without_one()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendFrameAsync(RawOpcode.Close, Array.Empty<byte>());

        Assert.Equal(new RawClose(1005, ""), await socket.ReceiveCloseAsync());
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task What_waits_for_the_client_comes_before_the_answer_to_its_close()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendRawAsync((byte[])
        [
            .. RawFrame.Encode(RawOpcode.Text, """{"type":"join","id":"1","room":"lobby"}"""u8),
            .. RawFrame.Encode(RawOpcode.Text, """{"type":"broadcast","id":"2","room":"lobby","payload":1,"echo":true}"""u8),
            .. RawFrame.Encode(RawOpcode.Close, RawFrame.ClosePayload(1000)),
        ]);

        Assert.Equal("ack", (await socket.ReceiveJsonAsync()).Text("type"));
        Assert.Equal("message", (await socket.ReceiveJsonAsync()).Text("type"));
        Assert.Equal("2", (await socket.ReceiveJsonAsync()).Text("id"));
        Assert.Equal(1000, (await socket.ReceiveCloseAsync()).Code);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task The_servers_close_is_answered_and_the_stream_ends_cleanly()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();

        Assert.True(await application.WsCore.DisconnectAsync(connection.Id, "Enough."));
        Assert.Equal(new RawClose(4004, "Enough."), await socket.ReceiveCloseAsync());
        await socket.SendTextAsync("""{"type":"join","id":"late","room":"lobby"}"""); // is on its way when the close is read; means nothing any more
        await socket.SendCloseAsync(4004);
        await socket.ExpectEofAsync();
        Assert.Equal(0, application.Node.Rooms.Count);
    }

    [Fact]
    public async Task The_first_of_two_closes_wins()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        connection.Close(4321, "first");
        connection.Close(4322, "second");

        Assert.Equal(new RawClose(4321, "first"), await socket.ReceiveCloseAsync());
        await socket.SendCloseAsync(4321);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task Closing_from_both_sides_at_once_ends_both()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        await socket.SendCloseAsync(1000);
        connection.Close(4004, "Enough.");

        Assert.Contains((await socket.ReceiveCloseAsync()).Code, new[] { 1000, 4004 });
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_the_servers_close_is_cut_after_the_close_timeout()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        connection.Close(4004, "Enough.");
        Assert.Equal(4004, (await socket.ReceiveCloseAsync()).Code);

        application.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, application.Node.Connections.Count);
        application.AdvancePast(TimeSpan.FromSeconds(2));
        await application.IsEmptyAsync();
        await socket.DrainAsync();
    }

    [Fact]
    public async Task A_peer_that_ends_its_stream_after_the_servers_close_frame_gets_a_clean_end_too()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        (await application.SingleConnectionAsync()).Close(4004, "Enough.");
        Assert.Equal(4004, (await socket.ReceiveCloseAsync()).Code);
        socket.ShutdownSend();

        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task Cutting_a_connection_that_has_just_ended_does_nothing()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        await socket.CloseAsync();
        await application.IsEmptyAsync();

        connection.Abort(); // as a sweep may that found it before; on its thread an exception ends the process
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_just_vanishes_leaves_every_room(bool reset)
    {
        await using var application = await TestApplication.StartAsync();
        await using var other = await application.ConnectAsync();
        await other.JoinAsync("lobby");
        var socket = await application.ConnectRawAsync();
        await socket.SendTextAsync("""{"type":"join","id":"1","rooms":["lobby","side"]}""");
        await socket.ReceiveJsonAsync();
        Assert.Equal(2, application.WsCore.Members("lobby").Count);

        if (reset)
        {
            socket.Reset();
        }
        else
        {
            socket.ShutdownSend();
        }

        await Eventually.Equal(1, () => application.Node.Connections.Count);
        Assert.Equal(other.Id, Assert.Single(Assert.Single(application.WsCore.Members("lobby")).Connections));
        Assert.Equal(1, application.Node.Rooms.Count);
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_vanishes_inside_a_frame_leaves_nothing_behind()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendRawAsync(RawFrame.Encode(RawOpcode.Text, new byte[500]).AsMemory(0, 100));
        socket.ShutdownSend();

        await application.IsEmptyAsync();
        await socket.DrainAsync();
        Assert.Empty(application.Errors);
    }

    [Fact]
    public async Task A_server_that_stops_closes_with_4200_and_stops_when_the_peers_have_answered()
    {
        await using var application = await TestApplication.StartAsync();
        await using var first = await application.ConnectRawAsync();
        await using var second = await application.ConnectRawAsync();
        var stopping = application.StopAsync();

        foreach (var socket in (RawWebSocket[])[first, second])
        {
            Assert.Equal(4200, (await socket.ReceiveCloseAsync()).Code);
            await socket.SendCloseAsync(4200);
            await socket.ExpectEofAsync();
        }

        await stopping.WithTimeout();
    }

    [Fact]
    public async Task A_server_that_stops_does_not_wait_longer_than_the_close_timeout()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var socket = await application.ConnectRawAsync();
        var timers = application.Time.ArmedTimers;
        var stopping = application.StopAsync();
        Assert.Equal(4200, (await socket.ReceiveCloseAsync()).Code);
        await Eventually.Is(() => application.Time.ArmedTimers > timers);

        application.AdvancePast(TimeSpan.FromSeconds(5));
        await stopping.WithTimeout();
        await socket.DrainAsync();
    }
}
