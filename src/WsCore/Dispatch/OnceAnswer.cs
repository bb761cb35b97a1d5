using WsCore.Access;
using WsCore.Delivery;

namespace WsCore.Dispatch;

/// <summary>What is kept of an <c>ack</c> to answer a repeated request: everything after its id.</summary>
internal static class OnceAnswer
{
    private static ReadOnlySpan<byte> Opening => "{\"type\":\"ack\""u8;

    private static ReadOnlySpan<byte> IdName => ",\"id\":\""u8;

    private static ReadOnlySpan<byte> Duplicate => ",\"duplicate\":true"u8;

    public static byte[] Of(Frame ack, ReadOnlySpan<byte> rawId)
    {
        var id = rawId.IsEmpty ? 0 : IdName.Length + rawId.Length + 1;
        return ack.Message.Span[(Opening.Length + id)..].ToArray();
    }

    /// <summary>The same of an answer that has no numbers yet.</summary>
    /// <param name="ack">Without an id.</param>
    /// <param name="numbers">Where they come, from the start of its message, in order.</param>
    public static ReadOnlyMemory<byte>[] Pieces(Frame ack, params ReadOnlySpan<int> numbers)
    {
        var pieces = new ReadOnlyMemory<byte>[numbers.Length + 1];
        var begin = Opening.Length;
        for (var i = 0; i < numbers.Length; i++)
        {
            pieces[i] = ack.Message[begin..numbers[i]];
            begin = numbers[i];
        }

        pieces[^1] = ack.Message[begin..];
        return pieces;
    }

    /// <summary>Those of the <c>ack</c> of one message.</summary>
    public static ReadOnlyMemory<byte>[] Pieces(string epoch, List<AckAddition>? additions)
    {
        var (ack, slot) = Replies.Ack(default, epoch, width: 0, additions);
        return Pieces(ack, slot.Offset - ack.HeaderLength);
    }

    /// <summary>The <c>ack</c> of the repetition, with its own id.</summary>
    public static Frame Repeat(ReadOnlySpan<byte> rawId, ReadOnlySpan<byte> answer) =>
        Replies.Make(new Parts { RawId = rawId, Answer = answer }, static (buffer, parts) =>
        {
            buffer.Write(Opening);
            buffer.Write(IdName);
            buffer.Write(parts.RawId);
            buffer.WriteByte((byte)'"');
            buffer.Write(Duplicate);
            buffer.Write(parts.Answer);
        });

    private readonly ref struct Parts
    {
        public ReadOnlySpan<byte> RawId { get; init; }

        public ReadOnlySpan<byte> Answer { get; init; }
    }
}
