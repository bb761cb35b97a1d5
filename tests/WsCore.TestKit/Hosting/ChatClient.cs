using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;
using Xunit;

namespace WsCore.TestKit.Hosting;

/// <summary>A client on .NET's own <see cref="ClientWebSocket"/>: requests by id, messages in their order.</summary>
/// <remarks>One caller at a time. It reads only when asked for something that has not come yet; every wait is bounded.</remarks>
internal sealed class ChatClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly LinkedList<Received> _unread = [];
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _ids;

    private ChatClient(ClientWebSocket socket) => _socket = socket;

    public JsonElement Welcome { get; private set; }

    public string Id => Welcome.Text("connection")!;

    public WebSocket Socket => _socket;

    /// <summary>Connects and reads the welcome.</summary>
    /// <param name="address">The end point's.</param>
    /// <param name="user">The claim <c>sub</c>; null for an anonymous connection.</param>
    /// <param name="configure">Of the socket: headers, subprotocols.</param>
    public static async Task<ChatClient> ConnectAsync(Uri address, string? user = null, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = await OpenAsync(address, user, configure);
        var welcome = await client.NextAsync();
        Assert.Equal("welcome", welcome.Type);
        client.Welcome = welcome.Json;
        return client;
    }

    /// <summary>Connects and reads nothing.</summary>
    public static async Task<ChatClient> OpenAsync(Uri address, string? user = null, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        if (user is not null)
        {
            var (name, value) = TestAuthentication.HeaderFor("sub", user);
            socket.Options.SetRequestHeader(name, value);
        }

        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(address, CancellationToken.None).WithTimeout();
        return new ChatClient(socket);
    }

    public Task SendAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WithTimeout();

    public Task SendBinaryAsync(ReadOnlyMemory<byte> message) =>
        _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).WithTimeout();

    /// <summary>The binary form: two bytes of length, the envelope, the payload.</summary>
    public static byte[] Binary(string envelope, ReadOnlySpan<byte> payload)
    {
        var head = Encoding.UTF8.GetBytes(envelope);
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)head.Length);
        return [.. length, .. head, .. payload];
    }

    /// <summary>Sends a request with an id of its own and returns the answer with that id, whichever it is.</summary>
    public async Task<JsonElement> RequestAsync(string json)
    {
        var id = $"q{++_ids}";
        await SendAsync($"{{\"id\":\"{id}\",{json[1..]}");
        return await ReplyAsync(id);
    }

    /// <summary>The same in the binary form.</summary>
    public async Task<JsonElement> RequestBinaryAsync(string json, byte[] payload)
    {
        var id = $"q{++_ids}";
        await SendBinaryAsync(Binary($"{{\"id\":\"{id}\",{json[1..]}", payload));
        return await ReplyAsync(id);
    }

    /// <summary>A request that must be accepted.</summary>
    public async Task<JsonElement> AckAsync(string json)
    {
        var reply = await RequestAsync(json);
        Assert.True(reply.Text("type") == "ack", $"{json} → {reply}");
        return reply;
    }

    /// <summary>A request that must be refused with this code.</summary>
    public async Task<JsonElement> RefusedAsync(string code, string json)
    {
        var reply = await RequestAsync(json);
        Assert.True(reply.Text("type") == "error" && reply.Text("code") == code, $"{json} → {reply}");
        Assert.False(string.IsNullOrWhiteSpace(reply.Text("message")), $"{json} → {reply}");
        return reply;
    }

    public Task<JsonElement> JoinAsync(string room) => AckAsync($$"""{"type":"join","room":{{JsonSerializer.Serialize(room)}}}""");

    public Task<JsonElement> LeaveAsync(string room) => AckAsync($$"""{"type":"leave","room":{{JsonSerializer.Serialize(room)}}}""");

    public Task<JsonElement> BroadcastAsync(string room, string payload, string more = "") =>
        AckAsync($$"""{"type":"broadcast","room":{{JsonSerializer.Serialize(room)}},"payload":{{payload}}{{more}}}""");

    /// <summary>The answer with that id; what comes before it stays to be read.</summary>
    public async Task<JsonElement> ReplyAsync(string id)
    {
        while (true)
        {
            var message = await ReceiveAsync();
            if (message.Type is "ack" or "error" or "pong" && message.Json.Text("id") == id)
            {
                return message.Json;
            }

            _unread.AddLast(message);
        }
    }

    /// <summary>The next message that nobody has read, answers that nobody waits for included.</summary>
    public async Task<Received> NextAsync()
    {
        if (_unread.First is not { } first)
        {
            return await ReceiveAsync();
        }

        _unread.RemoveFirst();
        return first.Value;
    }

    /// <summary>The next one, which must be of this type.</summary>
    public async Task<Received> NextAsync(string type)
    {
        var next = await NextAsync();
        Assert.True(next.Type == type, $"{type} was awaited, this came: {next}");
        return next;
    }

    /// <summary>
    /// Everything that the server had for this connection up to now. It asks for something that does nothing and reads up to the answer, which goes the
    /// way of all messages and so comes after them.
    /// </summary>
    public async Task<IReadOnlyList<Received>> NewsAsync()
    {
        await AckAsync("""{"type":"leave","room":"nobody was ever here"}""");
        Received[] news = [.. _unread];
        _unread.Clear();
        return news;
    }

    /// <summary>That the server had nothing for this connection up to now.</summary>
    public async Task ExpectNothingAsync() => Assert.Empty(await NewsAsync());

    /// <summary>Reads to the server's close frame, which must come, and answers it.</summary>
    public async Task<RawClose> ClosedAsync()
    {
        while (true)
        {
            var result = await _socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None).WithTimeout();
            if (result.MessageType == WebSocketMessageType.Close)
            {
                var close = new RawClose((int?)_socket.CloseStatus ?? 1005, _socket.CloseStatusDescription ?? "");
                if (_socket.State == WebSocketState.CloseReceived)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WithTimeout();
                }

                return close;
            }
        }
    }

    /// <summary>The closing handshake from this side.</summary>
    public async Task<RawClose> CloseAsync(int code = 1000, string? reason = null)
    {
        await _socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None).WithTimeout();
        return await ClosedAsync();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Received> ReceiveAsync()
    {
        using var message = new MemoryStream();
        while (true)
        {
            var result = await _socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None).WithTimeout(what: "a message of the server");
            Assert.True(result.MessageType != WebSocketMessageType.Close, $"The server closed with {(int?)_socket.CloseStatus} {_socket.CloseStatusDescription}");
            message.Write(_buffer.AsSpan(0, result.Count));
            if (result.EndOfMessage)
            {
                return result.MessageType == WebSocketMessageType.Text
                    ? Received.FromText(Encoding.UTF8.GetString(message.ToArray()))
                    : Received.FromBinary(message.ToArray());
            }
        }
    }
}
