using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Net;

/// <summary>
/// A WebSocket client (RFC 6455) that sends any bytes and checks what it receives: written from the RFC, apart from the
/// library's own framing, so that the two can disagree.
/// </summary>
/// <remarks>
/// It reads from the socket only inside a receiving call; a test that wants a slow reader calls none (and sets
/// <see cref="RawWebSocketOptions.ReceiveBuffer"/>). One receiving call at a time; sending is safe from any thread.
/// Every read and write is bounded by <see cref="RawWebSocketOptions.Timeout"/> and then throws
/// <see cref="TimeoutException"/>; a FIN where something was awaited throws <see cref="EndOfStreamException"/>, a RST
/// <see cref="PeerResetException"/>, a frame no server may send <see cref="InvalidDataException"/>.
/// </remarks>
internal sealed class RawWebSocket : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly WireReader _reader;
    private readonly RawWebSocketOptions _options;
    private readonly SemaphoreSlim _sending = new(1);

    private RawWebSocket(TcpClient client, Stream stream, WireReader reader, RawWebSocketOptions options, HttpReply reply)
    {
        _client = client;
        _stream = stream;
        _reader = reader;
        _options = options;
        Handshake = reply;
    }

    /// <summary>The server's answer: 101, or with its body whatever it was instead.</summary>
    public HttpReply Handshake { get; }

    public bool IsOpen => Handshake.Status == 101;

    /// <summary>The socket below, for its options and addresses.</summary>
    public Socket Socket => _client.Client;

    /// <summary>
    /// Connects to a ws, wss, http or https address (any certificate will do) and shakes hands. A refusal is a result:
    /// see <see cref="Handshake"/>; sending frames and receiving then throw.
    /// </summary>
    public static async Task<RawWebSocket> ConnectAsync(Uri address, RawWebSocketOptions? options = null)
    {
        options ??= new RawWebSocketOptions();
        var client = options.From is { } from ? new TcpClient(new IPEndPoint(from, 0)) : new TcpClient();
        client.NoDelay = true;
        try
        {
            if (options.ReceiveBuffer is { } size)
            {
                client.ReceiveBufferSize = size;
            }

            await client.ConnectAsync(address.Host, address.Port).WithTimeout(options.Timeout);
            Stream stream = client.GetStream();
            if (address.Scheme is "wss" or "https")
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
                await tls.AuthenticateAsClientAsync(address.Host).WithTimeout(options.Timeout);
                stream = tls;
            }

            var handshake = new RawHandshake(address, options);
            byte[] request = [.. Encoding.Latin1.GetBytes(handshake.Request), .. options.WithHandshake.Span];
            await stream.WriteAsync(request).WithTimeout(options.Timeout);
            var reader = new WireReader(stream, options.Timeout);
            var reply = await HttpReply.ReadHeadAsync(reader);
            if (reply.Status == 101)
            {
                handshake.Check(reply);
            }
            else
            {
                reply = await reply.WithBodyAsync(reader);
            }

            return new RawWebSocket(client, stream, reader, options, reply);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="ConnectAsync(Uri, RawWebSocketOptions?)"/>
    public static Task<RawWebSocket> ConnectAsync(
        string host, int port, string path = "/ws", RawWebSocketOptions? options = null) =>
        ConnectAsync(new Uri($"ws://{host}:{port}{path}"), options);

    public Task SendTextAsync(string text) => SendFrameAsync(RawOpcode.Text, Encoding.UTF8.GetBytes(text));

    public Task SendBinaryAsync(ReadOnlyMemory<byte> bytes) => SendFrameAsync(RawOpcode.Binary, bytes);

    public Task SendCloseAsync(int code = 1000, string reason = "") =>
        SendFrameAsync(RawOpcode.Close, RawFrame.ClosePayload(code, reason));

    /// <summary>One frame in one write, legal or not; see <see cref="RawFrame.Encode"/>.</summary>
    public Task SendFrameAsync(
        byte opcode, ReadOnlyMemory<byte> payload, bool fin = true, bool masked = true, int rsv = 0)
    {
        RequireOpen();
        return SendRawAsync(RawFrame.Encode(opcode, payload.Span, fin, masked, rsv));
    }

    /// <summary>The bytes as they are, in one write.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        await _sending.WaitAsync().WithTimeout(_options.Timeout, "the write before");
        try
        {
            await _stream.WriteAsync(bytes).WithTimeout(_options.Timeout, $"a write of {bytes.Length} bytes");
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next frame of any kind, checked against what a server may send; pings are not answered.</summary>
    public async Task<RawFrame> ReceiveFrameAsync()
    {
        RequireOpen();
        var head = await _reader.ReadAsync(2, "a frame");
        var shortLength = head[1] & 0x7F;
        long length = shortLength;
        if (shortLength > 125)
        {
            var bytes = await _reader.ReadAsync(shortLength == 126 ? 2 : 8, "a frame's length");
            length = bytes.Aggregate(0L, (sum, b) => (sum << 8) | b);
            Require(length > (shortLength == 126 ? 125 : ushort.MaxValue), $"Length {length} is not in its shortest form.");
        }

        var (fin, rsv, opcode) = ((head[0] & 0x80) != 0, (head[0] >> 4) & 7, (byte)(head[0] & 0x0F));
        Require((head[1] & 0x80) == 0, "A server's frame must not be masked.");
        Require(opcode is <= 2 or (>= 8 and <= 10), $"Opcode {opcode} is reserved.");
        Require(opcode < 8 || (fin && length <= 125 && rsv == 0), "A control frame is whole, short and without RSV.");
        return new RawFrame(opcode, fin, rsv, await _reader.ReadAsync(length, "a frame's payload"));
    }

    /// <summary>
    /// The next message, its fragments put together and inflated where permessage-deflate was agreed. Pongs are
    /// skipped, pings answered (<see cref="RawWebSocketOptions.AnswerPings"/>); a close frame throws.
    /// </summary>
    public async Task<RawFrame> ReceiveMessageAsync()
    {
        RawFrame? first = null;
        using var payload = new MemoryStream();
        while (true)
        {
            var frame = await ReceiveFrameAsync();
            if (frame.IsControl)
            {
                Require(frame.Opcode != RawOpcode.Close, $"{ParseClose(frame)} came where a message was awaited.");
                await AnswerAsync(frame);
                continue;
            }

            Require(first is null == (frame.Opcode != RawOpcode.Continuation), "A message inside a message, or a continuation of none.");
            Require((frame.Rsv & (first is null && IsDeflateAgreed ? 3 : 7)) == 0, $"RSV {frame.Rsv} was not agreed.");
            first ??= frame;
            payload.Write(frame.Payload);
            if (frame.Fin)
            {
                var message = payload.ToArray();
                return new RawFrame(first.Opcode, true, 0, first.Rsv == 4 ? RawDeflate.Decompress(message) : message);
            }
        }
    }

    /// <summary>The next message, which must be text.</summary>
    public async Task<string> ReceiveTextAsync()
    {
        var message = await ReceiveMessageAsync();
        Require(message.Opcode == RawOpcode.Text, $"Binary came where text was awaited: {message}");
        return message.Text;
    }

    /// <summary>The next message, which must be text and JSON.</summary>
    public async Task<JsonElement> ReceiveJsonAsync() => JsonElement.Parse(await ReceiveTextAsync());

    /// <summary>Skips what comes before the close frame and returns what that says. It is not answered.</summary>
    public async Task<RawClose> ReceiveCloseAsync()
    {
        while (true)
        {
            var frame = await ReceiveFrameAsync();
            if (frame.Opcode == RawOpcode.Close)
            {
                return ParseClose(frame);
            }
        }
    }

    /// <summary>
    /// That the server sent nothing so far: a ping goes out, and its pong must be the next frame that comes. No time is
    /// waited, so what the server does later, or elsewhere first, is not seen.
    /// </summary>
    public async Task ExpectSilenceAsync()
    {
        var nonce = Guid.NewGuid().ToByteArray();
        await SendFrameAsync(RawOpcode.Ping, nonce);
        var frame = await ReceiveFrameAsync();
        Require(
            frame.Opcode == RawOpcode.Pong && frame.Payload.SequenceEqual(nonce),
            $"Something came where nothing was awaited: {frame}");
    }

    /// <summary>That the server ends the connection with a FIN and sends nothing before; a RST throws.</summary>
    public async Task ExpectEofAsync()
    {
        var rest = await _reader.ReadToEndAsync("the end of the connection");
        Require(rest.Length == 0, $"{rest.Length} bytes came before the end: {Convert.ToHexString(rest)}");
    }

    /// <summary>Reads and drops everything to the end: true where that was a FIN, false where it was a RST.</summary>
    public async Task<bool> DrainAsync()
    {
        try
        {
            await _reader.ReadToEndAsync("the end of the connection");
            return true;
        }
        catch (PeerResetException)
        {
            return false;
        }
    }

    /// <summary>The closing handshake from our side, up to the server's FIN.</summary>
    /// <returns>The server's close frame; messages before it are skipped.</returns>
    public async Task<RawClose> CloseAsync(int code = 1000, string reason = "")
    {
        await SendCloseAsync(code, reason);
        var close = await ReceiveCloseAsync();
        await ExpectEofAsync();
        return close;
    }

    /// <summary>Sends a FIN and goes on reading.</summary>
    public void ShutdownSend() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends a RST, as a crashed process or a middlebox does.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Close();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose(); // without waiting for TLS's close_notify: tests that care close first
        return ValueTask.CompletedTask;
    }

    private bool IsDeflateAgreed =>
        Handshake["Sec-WebSocket-Extensions"]?.Contains("permessage-deflate", StringComparison.Ordinal) == true;

    private Task AnswerAsync(RawFrame frame) =>
        frame.Opcode == RawOpcode.Ping && _options.AnswerPings
            ? SendFrameAsync(RawOpcode.Pong, frame.Payload)
            : Task.CompletedTask;

    private static RawClose ParseClose(RawFrame frame)
    {
        Require(frame.Payload.Length != 1, "A close frame carries no code or a whole one.");
        return frame.Payload.Length == 0
            ? new RawClose(1005, "")
            : new RawClose((frame.Payload[0] << 8) | frame.Payload[1], RawFrame.StrictUtf8.GetString(frame.Payload.AsSpan(2)));
    }

    private void RequireOpen()
    {
        if (!IsOpen)
        {
            throw new InvalidOperationException($"The handshake was refused:\n{Handshake}");
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidDataException(message);
        }
    }
}
