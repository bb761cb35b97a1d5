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
