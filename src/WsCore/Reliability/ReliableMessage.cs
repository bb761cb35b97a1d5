using System.Buffers.Binary;
using WsCore.Delivery;
using WsCore.Framing;

namespace WsCore.Reliability;

/// <summary>What makes a frame a reliable one: its id, and how it looks when it comes again. Shared by all receivers.</summary>
/// <remarks>
/// Thread-safe: the lanes of all receivers ask. One frame is kept beside the first, that of the newest attempt: the receivers of a message come to an attempt
/// within a tick of each other, and for those that were kept waiting another copy is made.
/// </remarks>
internal sealed class ReliableMessage(UInt128 id)
{
    private const int LengthPrefix = 2; // of the binary form's envelope

    private Again? _newest;

    public UInt128 Id { get; } = id;

    public static ReliableMessage Make() => new(ReliableId.Next());

    /// <summary>The frame of an attempt: the first one with <c>"attempt":N,</c> behind the brace that opens its envelope.</summary>
    /// <param name="first">The frame that this message belongs to.</param>
    /// <param name="attempt">2 or more.</param>
    public Frame Frame(Frame first, int attempt)
    {
        while (true)
        {
            var newest = Volatile.Read(ref _newest);
            if (newest?.Attempt == attempt)
            {
                return newest.Frame;
            }

            var made = new Again(attempt, Make(first, attempt));
            if (newest?.Attempt > attempt || Interlocked.CompareExchange(ref _newest, made, newest) == newest)
            {
                return made.Frame;
            }
        }
    }

    private static Frame Make(Frame first, int attempt)
    {
        Span<byte> field = stackalloc byte[32];
        System.Text.Unicode.Utf8.TryWrite(field, $"\"attempt\":{attempt},", out var written);
        var opcode = first.IsBinary ? Opcode.Binary : Opcode.Text;
        return Delivery.Frame.Create(opcode, first.Message.Length + written, new Insertion(first, field[..written]), static (payload, insertion) =>
        {
            var message = insertion.First.Message.Span;
            var brace = 1 + (insertion.First.IsBinary ? LengthPrefix : 0);
            message[..brace].CopyTo(payload);
            insertion.Field.CopyTo(payload[brace..]);
            message[brace..].CopyTo(payload[(brace + insertion.Field.Length)..]);
            if (insertion.First.IsBinary)
            {
                BinaryPrimitives.WriteUInt16BigEndian(payload, checked((ushort)(BinaryPrimitives.ReadUInt16BigEndian(message) + insertion.Field.Length)));
            }
        });
    }

    private sealed record Again(int Attempt, Frame Frame);

    private readonly ref struct Insertion(Frame first, ReadOnlySpan<byte> field)
    {
        public Frame First { get; } = first;

        public ReadOnlySpan<byte> Field { get; } = field;
    }
}
