using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;

namespace WsCore.LoadTests.Raw;

/// <summary>A peer that speaks the protocol (docs/protocol.md) on a <see cref="RawSocket"/>, as far as the scenarios need it.</summary>
internal sealed class RawPeer(PeerTarget target, LoadClock clock, LoadMetrics metrics, IPeerEvents events) : RawSocket, IPeer
{
    private readonly TaskCompletionSource _welcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConcurrentDictionary<long, TaskCompletionSource<RawAnswer>>? _pending;
    private long _lastId;
    private bool _ended;

    /// <summary>What the system may take for a peer that does not read; 0: its default. Set it before connecting.</summary>
    public int ReceiveBuffer { get; init; }

    /// <inheritdoc/>
    public string? User { get; private set; }

    /// <inheritdoc/>
    public double MessagesPerSecond { get; private set; }

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(target.RequestTimeout, clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        Socket? socket = null;
        try
        {
            socket = await target.Sources.ConnectAsync(new DnsEndPoint(target.Url.Host, target.Url.Port), ReceiveBuffer, either.Token);
            Start(socket, await RawHandshake.UpgradeAsync(socket, target, either.Token));
            await _welcome.Task.WaitAsync(either.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or PeerException)
        {
            Cut();
            socket?.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw e switch
            {
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new PeerException("refused", $"Nobody listens at {target.Url.Authority}."),
                SocketException socketError => new PeerException($"socket-{socketError.SocketErrorCode}", socketError.Message),
                OperationCanceledException => new PeerException("timeout", $"No welcome within {target.RequestTimeout.TotalSeconds} s."),
                _ => e,
            };
        }
    }

    /// <inheritdoc/>
    public async Task<bool> JoinAsync(string room, CancellationToken cancellation)
    {
        var answer = await RequestAsync(id => SendText($$"""{"type":"join","id":"{{id}}","room":{{JsonString(room)}}}"""), cancellation);
        return answer.Code is null ? answer.HasHistory : throw new PeerException(answer.Code, $"Joining {room} was answered with {answer.Code}.");
    }

    /// <inheritdoc/>
    public async Task<string?> BroadcastAsync(string room, ReadOnlyMemory<byte> payload, bool reliable, CancellationToken cancellation) =>
        (await RequestAsync(id => SendMessage($$"""{"type":"broadcast","id":"{{id}}","room":{{JsonString(room)}}{{(reliable ? ",\"reliable\":true" : "")}},"payload":""", payload.Span), cancellation)).Code;

    /// <inheritdoc/>
    public async Task<string?> SendAsync(string user, ReadOnlyMemory<byte> payload, CancellationToken cancellation) =>
        (await RequestAsync(id => SendMessage($$"""{"type":"send","id":"{{id}}","to":{{JsonString(user)}},"payload":""", payload.Span), cancellation)).Code;

    /// <inheritdoc/>
    public async Task PingAsync(CancellationToken cancellation)
    {
        if ((await RequestAsync(id => SendText($$"""{"type":"ping","id":"{{id}}"}"""), cancellation)).Code is { } code)
        {
            throw new PeerException(code, $"A ping was answered with {code}.");
        }
    }

    /// <summary>A broadcast without an answer, but for the error where it is refused; false where it could not even be sent.</summary>
    public bool Post(string room, ReadOnlySpan<byte> payload) => SendMessage($$"""{"type":"broadcast","room":{{JsonString(room)}},"payload":""", payload);

    /// <summary>Confirms a reliable message.</summary>
    public void Confirm(string reliableId) => SendText($$"""{"type":"ack","id":{{JsonString(reliableId)}}}""");

    /// <inheritdoc/>
    protected override void OnBytes(int count) => metrics.BytesIn.Add(count);

    /// <inheritdoc/>
    protected override void OnBadFrame() => metrics.Errors.Add("bad-frame");

    /// <inheritdoc/>
    protected override void OnText(ReadOnlySpan<byte> message)
    {
        var envelope = RawEnvelope.Read(message);
        if (envelope.Type.SequenceEqual("message"u8))
        {
            OnMessage(envelope);
        }
        else if (envelope.Type.SequenceEqual("ack"u8) || envelope.Type.SequenceEqual("pong"u8))
        {
            Answer(envelope.Id, new RawAnswer(null, envelope.HasEpoch));
        }
        else if (envelope.Type.SequenceEqual("error"u8))
        {
            var code = Encoding.UTF8.GetString(envelope.Code);
            if (!Answer(envelope.Id, new RawAnswer(code, false)))
            {
                events.OnError(code);
            }
        }
        else if (envelope.Type.SequenceEqual("welcome"u8))
        {
            User = envelope.User.IsEmpty ? null : Encoding.UTF8.GetString(envelope.User);
            MessagesPerSecond = envelope.MessagesPerSecond;
            _welcome.TrySetResult();
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd(int code, bool expected)
    {
        Volatile.Write(ref _ended, true);
        var wasThere = !_welcome.TrySetException(new PeerException($"closed-{code}", $"The server closed with {code} before its welcome."));
        _ = _welcome.Task.Exception; // where nobody waits for it any more, that is no failure
        foreach (var waiting in _pending?.Values ?? [])
        {
            waiting.TrySetResult(new RawAnswer("closed", false));
        }

        if (wasThere && !expected)
        {
            events.OnClosed(code);
        }
    }

    private void OnMessage(in RawEnvelope envelope)
    {
        if (!Stamp.TryRead(envelope.Payload, out var stamp))
        {
            events.OnForeignMessage();
            return;
        }

        var reliableId = envelope.ReliableId.IsEmpty ? null : Encoding.UTF8.GetString(envelope.ReliableId);
        events.OnMessage(stamp, envelope.Seq, reliableId, envelope.Attempt, recovered: false); // it never comes back
    }

    private async Task<RawAnswer> RequestAsync(Func<long, bool> send, CancellationToken cancellation)
    {
        var pending = _pending ?? Interlocked.CompareExchange(ref _pending, new(), null) ?? _pending;
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<RawAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        pending[id] = answer;
        try
        {
            if (!send(id) || Volatile.Read(ref _ended))
            {
                return new RawAnswer("closed", false);
            }

            return await answer.Task.WaitAsync(target.RequestTimeout, clock.Time, cancellation);
        }
        catch (TimeoutException)
        {
            return new RawAnswer("timeout", false);
        }
        finally
        {
            pending.TryRemove(id, out _);
        }
    }

    private bool Answer(ReadOnlySpan<byte> id, RawAnswer answer) =>
        System.Buffers.Text.Utf8Parser.TryParse(id, out long number, out _) && _pending?.TryGetValue(number, out var waiting) == true && waiting.TrySetResult(answer);

    private bool SendText(string message) => SendFrame(RawFrames.Text, Encoding.UTF8.GetBytes(message));

    private bool SendMessage(string head, ReadOnlySpan<byte> payload)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(head.Length) + payload.Length + 1);
        var length = Encoding.UTF8.GetBytes(head, buffer);
        payload.CopyTo(buffer.AsSpan(length));
        length += payload.Length;
        buffer[length++] = (byte)'}';
        var sent = SendFrame(RawFrames.Text, buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
        return sent;
    }

    private static string JsonString(string text) => string.Create(CultureInfo.InvariantCulture, $"\"{JsonEncodedText.Encode(text)}\"");
}
