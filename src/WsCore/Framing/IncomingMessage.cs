using System.Buffers;

namespace WsCore.Framing;

/// <summary>
/// The data message that is arriving, put together from its frames (RFC 6455 section 5.4). A mutable struct: keep it in a field, do
/// not copy it.
/// </summary>
internal struct IncomingMessage
{
    // The message. Continuation: none is open.
    private MessageBuffer _buffer;
    private Opcode _opcode;
    private int _fragments;
    private Utf8Validator _utf8; // a text ends complete or in a fault, so this is ready for the next

    // Its frame.
    private bool _fin;
    private uint _mask;

    /// <summary>A frame was begun and lacks payload.</summary>
    public bool InFrame { get; private set; }

    /// <summary>Payload bytes that the frame lacks.</summary>
    public long Remaining { get; private set; }

    /// <summary>Text or Binary, of the message that ended last.</summary>
    public ReadStatus Kind { get; private set; }

    public readonly bool IsOpen => _opcode != Opcode.Continuation;

    public readonly ReadOnlyMemory<byte> Payload => _buffer.Memory;

    public readonly int Capacity => _buffer.Capacity;

    /// <summary>Holds the header of a data frame against the message and against the limits; where both agree, the frame is begun.</summary>
    public bool TryBegin(in FrameHeader header, in MessageLimits limits, out FrameFault fault)
    {
        var continues = header.Opcode == Opcode.Continuation;
        if (continues != IsOpen)
        {
            var reason = continues ? "continuation frame without a message to continue" : "new message inside a fragmented message";
            fault = new FrameFault(CloseCodes.ProtocolError, reason);
            return false;
        }

        if (header.PayloadLength > limits.MaxMessageBytes - _buffer.Length)
        {
            fault = new FrameFault(CloseCodes.TooBig, $"message over {limits.MaxMessageBytes} bytes");
            return false;
        }

        if (_fragments == limits.MaxFragments)
        {
            fault = new FrameFault(CloseCodes.TooBig, $"message over {limits.MaxFragments} fragments");
            return false;
        }

        if (!continues)
        {
            _opcode = header.Opcode;
        }

        _fragments++;
        _fin = header.Fin;
        _mask = header.Mask;
        InFrame = true;
        Remaining = header.PayloadLength;
        fault = default;
        return true;
    }

    /// <summary>Takes what is there of the frame's payload; with its last byte the frame ends, with the last frame the message.</summary>
    public bool TryAppend(ref ReadOnlySequence<byte> input, in MessageLimits limits, out FrameFault fault)
    {
        if (!TryTake(ref input, limits.MaxMessageBytes))
        {
            fault = new FrameFault(CloseCodes.InvalidPayload, "text message is not UTF-8");
            return false;
        }

        fault = default;
        InFrame = Remaining > 0;
        return InFrame || !_fin || TryEnd(out fault);
    }

    /// <summary>Forgets the content and keeps the array.</summary>
    public void Clear() => _buffer.Clear();

    public void Release() => _buffer.Release();

    private bool TryTake(ref ReadOnlySequence<byte> input, int maxMessageBytes)
    {
        var count = (int)Math.Min(Remaining, input.Length); // an int: the header was held against the limit
        if (count == 0)
        {
            return true;
        }

        var ceiling = _fin ? _buffer.Length + (int)Remaining : maxMessageBytes;
        var room = _buffer.Append(count, ceiling);
        var first = input.FirstSpan;
        _mask = first.Length >= count
            ? Masking.Apply(first[..count], room, _mask)
            : Masking.Apply(input.Slice(0, count), room, _mask);
        input = input.Slice(count);
        Remaining -= count;
        return _opcode != Opcode.Text || _utf8.Append(room);
    }

    private bool TryEnd(out FrameFault fault)
    {
        if (_opcode == Opcode.Text && !_utf8.IsComplete)
        {
            fault = new FrameFault(CloseCodes.InvalidPayload, "text message ends inside a UTF-8 character");
            return false;
        }

        Kind = _opcode == Opcode.Text ? ReadStatus.Text : ReadStatus.Binary;
        _opcode = Opcode.Continuation;
        _fragments = 0;
        fault = default;
        return true;
    }
}
