using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Script;

/// <summary>The server's end of a connection: real frames over memory. It reads only what the test asks for.</summary>
/// <remarks>For one caller at a time; reading and writing do not disturb each other.</remarks>
internal sealed class ScriptedConnection
{
    /// <summary>A safety net in real time, not a measure of anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DuplexStream _stream;
    private readonly WebSocket _socket;
    private readonly LinkedList<Received> _putBack = [];
    private Task<Received?>? _receiving;

    private ScriptedConnection(DuplexStream stream)
    {
        _stream = stream;
        _socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
    }

    /// <summary>The client's end and the server's.</summary>
    public static (WebSocket Client, ScriptedConnection Server) CreatePair()
    {
        var (client, server) = DuplexStream.CreatePair();
        return (WebSocket.CreateFromStream(client, new WebSocketCreationOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan }), new ScriptedConnection(server));
    }

    /// <summary>The next message of the client, whatever it is.</summary>
    public async Task<Received> NextAsync()
    {
        if (_putBack.First is { } first)
        {
            _putBack.RemoveFirst();
            return first.Value;
        }

        return await ReceiveAsync() ?? throw new InvalidOperationException($"The client closed with {(int?)_socket.CloseStatus} {_socket.CloseStatusDescription}, or cut the connection.");
    }

    /// <summary>The next message, which must be of this type.</summary>
    public async Task<JsonElement> ExpectAsync(string type) => (await ExpectMessageAsync(type)).Json;

    /// <summary>The same, with its binary payload.</summary>
    public async Task<Received> ExpectMessageAsync(string type)
    {
        var next = await NextAsync();
        Assert.True(next.Type == type, $"{type} was awaited, this came: {next}");
        return next;
    }

    /// <summary>The next message, which must be a join of one or of several rooms.</summary>
    public async Task<ScriptedJoin> ExpectJoinAsync() => new(this, await ExpectAsync("join"));

    /// <summary>The close frame that comes next, and its code.</summary>
    public async Task<int> ExpectCloseAsync()
    {
        var next = _putBack.First?.Value ?? await ReceiveAsync();
        Assert.True(next is null, $"A close frame was awaited, this came: {next}");
        Assert.True(_socket.CloseStatus is not null, "The client cut the connection without a close frame.");
        return (int)_socket.CloseStatus.Value;
    }

    /// <summary>Reads whatever comes until the client has closed or cut the connection.</summary>
    public async Task EndAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    /// <summary>That the client has sent nothing that was not read: it is asked for a round trip, and that comes next.</summary>
    public async Task NothingMoreAsync(WsClient client)
    {
        var pinging = client.PingAsync();
        await PongAsync(await ExpectAsync("ping"));
        await pinging.WithTimeout(Patience);
    }

    /// <summary>That the client has handled what was sent to it: it is asked for a round trip. What it sent before stays to be read.</summary>
    public async Task HandledAsync(WsClient client)
    {
        var pinging = client.PingAsync();
        var before = new List<Received>(_putBack);
        _putBack.Clear();
        var next = await NextAsync();
        for (; next.Type != "ping"; next = await NextAsync())
        {
            before.Add(next);
        }

        before.ForEach(received => _putBack.AddLast(received));
        await PongAsync(next.Json);
        await pinging.WithTimeout(Patience);
    }

    /// <summary>Whether nothing of the client is there now. It proves nothing by itself: something may be on its way.</summary>
    public bool IsQuiet()
    {
        _receiving ??= ReceiveOneAsync();
        return _putBack.Count == 0 && !_receiving.IsCompleted;
    }

    public Task SendAsync(string json) => SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text);

    /// <summary>The binary form of docs/protocol.md.</summary>
    public Task SendBinaryAsync(string envelope, ReadOnlySpan<byte> payload) => SendAsync(ChatClient.Binary(envelope, payload), WebSocketMessageType.Binary);

    /// <summary>A text in frames of so many bytes.</summary>
    public async Task SendInFragmentsAsync(string json, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(json).AsMemory();
        for (; bytes.Length > size; bytes = bytes[size..])
        {
            await _socket.SendAsync(bytes[..size], WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None).WithTimeout(Patience);
        }

        await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WithTimeout(Patience);
    }

    /// <summary>A frame of a text, which ends with the last of them.</summary>
    public Task SendPartAsync(string part, bool isLast) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(part), WebSocketMessageType.Text, isLast, CancellationToken.None).WithTimeout(Patience);

    public Task WelcomeAsync(WelcomeText? welcome = null) => SendAsync((welcome ?? new WelcomeText()).ToString());

    /// <summary>Takes a request.</summary>
    /// <param name="request">With its id.</param>
    /// <param name="fields">What the answer has besides: <c>"epoch":"e","seq":7</c>.</param>
    public Task AckAsync(JsonElement request, string fields = "") => ReplyAsync("ack", request, fields);

    /// <summary>Refuses a request.</summary>
    public Task ErrorAsync(JsonElement request, string code, int? retryAfter = null) =>
        ReplyAsync("error", request, $"\"code\":\"{code}\",\"message\":\"Because.\"{(retryAfter is null ? "" : $",\"retryAfter\":{retryAfter}")}");

    public Task PongAsync(JsonElement ping) => ReplyAsync("pong", ping, "\"time\":1767268801000");

    /// <summary>The server's close frame; the client's is not waited for.</summary>
    public async Task CloseAsync(int code, string reason = "the script says so")
    {
        await _socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None).WithTimeout(Patience);
        _receiving ??= ReceiveOneAsync();
        LetGo();
    }

    /// <summary>Ends the connection without a close frame. Harmless when it has ended.</summary>
    public void Drop() => _stream.Dispose();

    /// <summary>The same as a reset.</summary>
    public void Reset() => _stream.Reset();

    private Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type) =>
        _socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None).WithTimeout(Patience);

    /// <summary>A server ends TCP when both close frames are there; the client's WebSocket waits for that, in real time.</summary>
    private void LetGo()
    {
        if (_socket.State == WebSocketState.Closed)
        {
            _stream.Dispose();
        }
    }

    private Task ReplyAsync(string type, JsonElement request, string fields) =>
        SendAsync($"{{\"type\":\"{type}\"{(request.Has("id") ? $",\"id\":{request.Raw("id")}" : "")}{(fields.Length == 0 ? "" : ",")}{fields}}}");

    /// <summary>The next message; null where the connection has ended. One that was not waited for to its end stays to be received.</summary>
    private async Task<Received?> ReceiveAsync()
    {
        _receiving ??= ReceiveOneAsync();
        var received = await _receiving.WithTimeout(Patience, "a message of the client");
        _receiving = received is null ? _receiving : null;
        return received;
    }

    private async Task<Received?> ReceiveOneAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    LetGo();
                    return null;
                }

                message.Write(buffer, 0, result.Count);
                if (result.EndOfMessage)
                {
                    return result.MessageType == WebSocketMessageType.Text
                        ? Received.FromText(Encoding.UTF8.GetString(message.ToArray()))
                        : Received.FromBinary(message.ToArray());
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or InvalidOperationException or ObjectDisposedException)
        {
            return null; // cut
        }
    }
}
