using WsCore.Access;
using WsCore.Buffers;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Diagnostics;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>Makes the frames of answers.</summary>
/// <remarks>Thread-safe: the buffer in which an answer is written belongs to the thread, for as long as one call lasts.</remarks>
internal sealed class Replies(WsCoreMetrics metrics)
{
    private const int KeptBytes = 64 * 1024;

    [ThreadStatic]
    private static PooledBufferWriter? t_buffer;

    /// <summary>Writes one envelope with <paramref name="write"/> and makes it a frame.</summary>
    public static Frame Make<TState>(TState state, Action<PooledBufferWriter, TState> write)
        where TState : allows ref struct
    {
        var buffer = t_buffer ??= new PooledBufferWriter();
        t_buffer = null; // a writer that asks for another answer must not get the same buffer
        try
        {
            write(buffer, state);
            return Frame.Text(buffer.WrittenSpan);
        }
        finally
        {
            if (buffer.Capacity > KeptBytes)
            {
                buffer.Reset();
            }

            buffer.Clear();
            t_buffer = buffer;
        }
    }

    public static Frame Ack(ReadOnlySpan<byte> rawId) =>
        Make(rawId, static (buffer, id) => AckWriter.Begin(buffer, id).End());

    /// <summary>With what hooks add.</summary>
    public static Frame Ack(ReadOnlyMemory<byte> rawId, List<AckAddition>? additions) =>
        Replies.Make((rawId, additions), static (buffer, state) =>
        {
            var ack = AckWriter.Begin(buffer, state.rawId.Span);
            Add(ref ack, state.additions);
            ack.End();
        });

    /// <summary>With a position whose number is still to come.</summary>
    public static (Frame Frame, NumberSlot Slot) Ack(ReadOnlyMemory<byte> rawId, string epoch, int width, List<AckAddition>? additions)
    {
        var request = new Numbered { RawId = rawId, Epoch = epoch, Width = width, Additions = additions };
        var frame = Make(request, static (buffer, request) =>
        {
            var ack = AckWriter.Begin(buffer, request.RawId.Span);
            request.Offset = ack.BlankPosition(request.Epoch, request.Width);
            Add(ref ack, request.Additions);
            ack.End();
        });
        return (frame, new NumberSlot(frame.HeaderLength + request.Offset, width));
    }

    public static void Add(ref AckWriter ack, List<AckAddition>? additions)
    {
        foreach (var (name, json) in additions ?? [])
        {
            ack.Raw(name, json.Span);
        }
    }

    public void Error(Connection connection, ReadOnlySpan<byte> rawId, string code, string message, long? retryAfterMs = null) =>
        connection.Send(ErrorFrame(rawId, code, message, retryAfterMs));

    public void Error(Connection connection, ReadOnlySpan<byte> rawId, in Refusal refusal) =>
        Error(connection, rawId, refusal.Code!, refusal.Message, refusal.RetryAfterMs);

    public Frame ErrorFrame(ReadOnlySpan<byte> rawId, string code, string message, long? retryAfterMs = null)
    {
        metrics.Error(code);
        return Make(
            new Failure(rawId, code, message, retryAfterMs),
            static (buffer, failure) => EnvelopeWriter.Error(buffer, failure.RawId, failure.Code, failure.Message, failure.RetryAfterMs));
    }

    private sealed class Numbered
    {
        public required ReadOnlyMemory<byte> RawId { get; init; }

        public required string Epoch { get; init; }

        public required int Width { get; init; }

        public required List<AckAddition>? Additions { get; init; }

        public int Offset { get; set; }
    }

    private readonly ref struct Failure(ReadOnlySpan<byte> rawId, string code, string message, long? retryAfterMs)
    {
        public long? RetryAfterMs { get; } = retryAfterMs;

        public ReadOnlySpan<byte> RawId { get; } = rawId;

        public string Code { get; } = code;

        public string Message { get; } = message;
    }
}
