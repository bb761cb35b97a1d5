using WsCore.Access;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Extending;

/// <summary>The hooks around a connection's life: opening and closed.</summary>
public sealed class OpeningHookTests
{
    private readonly HookScript _script = new();

    [Fact]
    public async Task The_hook_sees_the_request_and_its_state_stays_with_the_connection()
    {
        OpeningContext? seen = null;
        _script.Opening = (opening, _) =>
        {
            seen = opening;
            Assert.Equal("blue", opening.Headers["X-Colour"]);
            Assert.Equal("7", opening.Query["room"]);
            Assert.Equal("ada", opening.Principal.FindFirst("sub")?.Value);
            Assert.NotNull(opening.RemoteAddress);
            opening.State = $"state of {opening.User}";
            return default;
        };
        _script.Calling = (call, _) =>
        {
            call.Reply(Payload.FromText($"{call.Connection.State} {call.Connection.Principal.FindFirst("sub")?.Value}"));
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await ChatClient.ConnectAsync(new Uri(application.Address, "/ws?room=7"), "ada", options => options.SetRequestHeader("X-Colour", "blue"));

        Assert.Equal(client.Id, seen?.ConnectionId);
        Assert.Equal("state of ada ada", (await client.AckAsync("""{"type":"call","method":"state"}""")).Text("payload"));
    }

    [Theory]
    [InlineData("Not today.", "Not today.")]
    [InlineData("", "")]
    public async Task A_refused_client_is_closed_with_4003_and_the_reason_and_gets_nothing_else(string reason, string told)
    {
        _script.Opening = (opening, _) =>
        {
            opening.Refuse(reason);
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions { Headers = [TestAuthentication.HeaderFor("sub", "ada")] });

        var first = await socket.ReceiveFrameAsync();
        Assert.Equal(RawOpcode.Close, first.Opcode); // no welcome before it
        Assert.Equal(RawFrame.ClosePayload(4003, told), first.Payload);
        Assert.Equal(0, application.Node.Rooms.Count);
        await socket.SendCloseAsync(4003);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task A_long_reason_is_cut_at_a_character()
    {
        _script.Opening = (opening, _) =>
        {
            opening.Refuse("x" + string.Concat(Enumerable.Repeat("é", 100)));
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address);

        Assert.Equal("x" + string.Concat(Enumerable.Repeat("é", 61)), (await socket.ReceiveCloseAsync()).Reason);
    }

    [Fact]
    public async Task A_hook_that_throws_closes_with_1011_and_keeps_its_reason_to_the_log()
    {
        _script.Opening = (_, _) => throw new InvalidOperationException("on purpose");
        await using var application = await TestApplication.StartAsync(_script);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address);

        var close = await socket.ReceiveCloseAsync();
        Assert.Equal(1011, close.Code);
        Assert.DoesNotContain("purpose", close.Reason, StringComparison.Ordinal);
        Assert.Contains("on purpose", Assert.Single(application.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, "bye", 1000, "bye")]
    [InlineData(4321, "", 4321, "")]
    public async Task Closed_tells_the_code_and_the_words_of_the_client_after_it_left_every_room(int code, string reason, int told, string toldReason)
    {
        var closed = new TaskCompletionSource<(ClosedContext, int Rooms)>();
        TestApplication? application = null;
        _script.Closed = context =>
        {
            closed.TrySetResult((context, application!.Node.Rooms.Count));
            return default;
        };
        await using var started = application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");
        await client.JoinAsync("lobby");
        await client.CloseAsync(code, reason);

        var (context, rooms) = await closed.Task.WithTimeout();
        Assert.Equal((told, toldReason), (context.Code, context.Reason));
        Assert.Equal(client.Id, context.Connection.Id);
        Assert.True(context.Connection.Closed.IsCancellationRequested);
        Assert.Equal(0, rooms);
    }

    [Fact]
    public async Task Closed_tells_1005_for_a_close_without_a_code_and_1006_for_none_at_all()
    {
        var codes = new System.Collections.Concurrent.ConcurrentQueue<int>();
        _script.Closed = context =>
        {
            codes.Enqueue(context.Code);
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var polite = await application.ConnectRawAsync();
        await polite.SendFrameAsync(RawOpcode.Close, Array.Empty<byte>());
        await polite.ReceiveCloseAsync();
        await Eventually.Equal(1, () => codes.Count);
        var rude = await application.ConnectRawAsync();
        rude.Reset();
        await Eventually.Equal(2, () => codes.Count);
        await rude.DisposeAsync();

        Assert.Equal([1005, 1006], codes);
    }

    [Fact]
    public async Task Closed_tells_the_servers_code_where_the_server_closed()
    {
        var closed = new TaskCompletionSource<ClosedContext>();
        _script.Closed = context =>
        {
            closed.TrySetResult(context);
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync();
        await application.WsCore.DisconnectAsync(client.Id, "Enough.");
        await client.ClosedAsync();

        var context = await closed.Task.WithTimeout();
        Assert.Equal((4004, "Enough."), (context.Code, context.Reason));
    }

    [Fact]
    public async Task A_closed_hook_that_throws_is_logged_and_nothing_worse()
    {
        _script.Closed = _ => throw new InvalidOperationException("on purpose");
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync();
        await client.CloseAsync();

        await Eventually.Equal(1, () => application.Errors.Count);
        await using var next = await application.ConnectAsync();
    }

    [Fact]
    public async Task What_the_application_hung_on_the_end_of_a_connection_may_throw_and_the_connection_is_gone_all_the_same()
    {
        var closed = new TaskCompletionSource();
        _script.Calling = (call, _) =>
        {
            call.Connection.Closed.Register(() => throw new InvalidOperationException("on purpose"));
            return default;
        };
        _script.Closed = _ =>
        {
            closed.TrySetResult();
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var socket = await application.ConnectRawAsync();
        await socket.SendTextAsync("""{"type":"call","id":"1","method":"hang"}""");
        await socket.ReceiveJsonAsync();
        await socket.CloseAsync();

        await closed.Task.WithTimeout();
        await application.IsEmptyAsync();
    }
}
