using WsCore.Framing;
using WsCore.Reliability;

namespace WsCore.Delivery;

/// <summary>A whole WebSocket frame as it goes on the wire, made once and shared by all its receivers.</summary>
/// <remarks>Immutable once it has been handed on, so any number of lanes may hold it at once.</remarks>
internal sealed class Frame
{
    private Frame(byte[] wire) => Wire = wire;

    /// <summary>Header and payload.</summary>
    public byte[] Wire { get; }

    /// <summary>A slow reader may lose it before anything else.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>It has a number in its room's order, and so a place in the history.</summary>
    public bool IsNumbered { get; init; }

    /// <summary>Its receivers are to confirm it, and get it again until they do; null for most, and for repetitions.</summary>
    public ReliableMessage? Reliable { get; init; }

    /// <summary>What it counts as.</summary>
    public FrameType Type { get; private init; }

    /// <summary>When the message that it carries was read from its sender, a timestamp of the node's clock; 0 where nobody measures, or where it says nothing:
    /// repetitions, replays, messages of the application and of other nodes.</summary>
    public long Received { get; init; }

    /// <summary>Bytes on the wire.</summary>
    public int Length => Wire.Length;

    /// <summary>Bytes of the header.</summary>
    public int HeaderLength { get; private init; }

    /// <summary>The message without the header.</summary>
    public ReadOnlyMemory<byte> Message => Wire.AsMemory(HeaderLength);

    /// <summary>A binary message, not a text.</summary>
    public bool IsBinary => (Wire[0] & 0xf) == (byte)Opcode.Binary;

    /// <summary>Takes over a frame that is already complete; the array is not copied.</summary>
    public static Frame FromWire(byte[] wire) => new(wire) { Type = FrameTypes.OfControl(wire[0]) };

    /// <summary>A text frame around one JSON envelope.</summary>
    public static Frame Text(ReadOnlySpan<byte> envelope)
    {
        var wire = Allocate(Opcode.Text, envelope.Length, out var header);
        envelope.CopyTo(wire.AsSpan(header));
        return new Frame(wire) { HeaderLength = header, Type = FrameTypes.OfEnvelope(envelope) };
    }

    /// <summary>A frame around a message, whose payload the caller writes straight into it, exactly <paramref name="length"/> bytes.</summary>
    public static Frame Create<TState>(
        Opcode opcode, int length, TState state, FrameBody<TState> write, bool ephemeral = false, bool numbered = false, ReliableMessage? reliable = null,
        long received = 0)
        where TState : allows ref struct
    {
        var wire = Allocate(opcode, length, out var header);
        write(wire.AsSpan(header), state);
        return new Frame(wire) { HeaderLength = header, Ephemeral = ephemeral, IsNumbered = numbered, Reliable = reliable, Received = received };
    }

    private static byte[] Allocate(Opcode opcode, int length, out int header)
    {
        var wire = GC.AllocateUninitializedArray<byte>(FrameWriter.HeaderSize(length) + length);
        header = FrameWriter.WriteHeader(wire, opcode, length);
        return wire;
    }
}
