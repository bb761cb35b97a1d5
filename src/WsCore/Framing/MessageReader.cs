using System.Buffers;

namespace WsCore.Framing;

/// <summary>
/// The receiving half of RFC 6455 as a server: feeds on bytes, gives whole messages and control frames, or the first broken rule.
/// One per connection.
/// </summary>
/// <remarks>
/// Owned by the read loop, not safe for two threads. The owner calls <see cref="Read"/> until it says <see cref="ReadStatus.NeedMore"/>
/// and then waits with everything examined: what is left in the input, at most 139 bytes, is a part of a header or of a control frame.
/// Payloads of messages are taken at once, so the pipe before it never has to hold one. When the connection ends: <see cref="Discard"/>,
/// then <see cref="Release"/>, and every buffer is back.
/// </remarks>
internal sealed class MessageReader
{
    private readonly MessageLimits _limits;

    private IncomingMessage _message;

    // The last ping or pong: it comes between the fragments of a message, so it has a place of its own.
    private MessageBuffer _control;

    // What was said last.
    private ReadStatus _last;
    private ClosePayload _close = ClosePayload.None;
    private State _state;
    private bool _headerBegun;
    private long _skip; // while discarding: what is left of the frame at hand

    public MessageReader(MessageLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxMessageBytes, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxFragments, 1, nameof(limits));
        _limits = limits;
    }

    private enum State : byte
    {
        Reading,
        Faulted,
        Discarding,
        Ended,
    }

    /// <summary>Of the last text, binary, ping or pong; valid until the next <see cref="Read"/> or <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Payload => _last switch
    {
        ReadStatus.Text or ReadStatus.Binary => _message.Payload,
        ReadStatus.Ping or ReadStatus.Pong => _control.Memory,
        _ => default,
    };

    /// <summary>After <see cref="ReadStatus.Close"/>: the peer's code, 1005 where it sent none (or, while discarding, an invalid one).</summary>
    public ushort CloseCode => _close.Code;

    /// <summary>After <see cref="ReadStatus.Close"/>: the peer's words, at most 123 bytes of them, often none.</summary>
    public string CloseReason => _close.Reason;

    /// <summary>After <see cref="ReadStatus.Fault"/>: what to tell the peer.</summary>
    public FrameFault Fault { get; private set; }

    /// <summary>A message or a frame has begun to arrive and has not ended: the time for that is limited, by the owner.</summary>
    public bool InMessage =>
        _state == State.Reading && (_headerBegun || _message.IsOpen);

    /// <summary>A message has begun and not ended; a frame that is only arriving does not count.</summary>
    public bool IsMessageOpen => _state == State.Reading && _message.IsOpen;

    /// <summary>Size of the arrays held at the moment.</summary>
    internal int RentedBytes => _message.Capacity + _control.Capacity;

    /// <summary>
    /// Takes what it can from the front of <paramref name="input"/> and stops after each message, control frame or fault. After a fault
    /// it repeats it until <see cref="Discard"/>; the frame at fault stays in the input, or the rest of it, so that discarding finds
    /// the way from there. After a close frame it swallows everything (RFC 6455 section 5.5.1: nothing may follow).
    /// </summary>
    public ReadStatus Read(ref ReadOnlySequence<byte> input)
    {
        ForgetLast();
        return _last = _state switch
        {
            State.Reading => ReadFrames(ref input),
            State.Faulted => ReadStatus.Fault,
            State.Discarding => SkipFrames(ref input),
            _ => Swallow(ref input),
        };
    }

    /// <summary>Gives back every buffer but that of an unfinished message. <see cref="Payload"/> is empty from here on.</summary>
    public void Release()
    {
        ForgetLast();
        _control.Release();
        if (!_message.IsOpen || _state != State.Reading)
        {
            _message.Release();
        }
    }

    /// <summary>
    /// From now on everything is skipped, without checks or buffers, up to the peer's close frame: for after a fault, and after our own
    /// close frame. Where framing is lost for good, all input is swallowed. <see cref="Payload"/> is not touched.
    /// </summary>
    public void Discard()
    {
        if (_state is State.Reading or State.Faulted)
        {
            _state = State.Discarding;
            _skip = _message.Remaining;
        }
    }

    private ReadStatus ReadFrames(ref ReadOnlySequence<byte> input)
    {
        while (true)
        {
            FrameFault fault;
            if (!_message.InFrame)
            {
                switch (FrameHeader.TryRead(input, out var header, out fault))
                {
                    case HeaderStatus.NeedMore:
                        _headerBegun = !input.IsEmpty;
                        return ReadStatus.NeedMore;
                    case HeaderStatus.Fault:
                        return Fail(fault);
                }

                if (header.IsControl)
                {
                    return ReadControl(ref input, header);
                }

                if (!_message.TryBegin(header, _limits, out fault))
                {
                    return Fail(fault);
                }

                _headerBegun = false;
                input = input.Slice(header.Size);
            }

            if (!_message.TryAppend(ref input, _limits, out fault))
            {
                return Fail(fault);
            }

            if (_message.InFrame)
            {
                return ReadStatus.NeedMore;
            }

            if (!_message.IsOpen)
            {
                return _message.Kind;
            }
        }
    }

    private ReadStatus ReadControl(ref ReadOnlySequence<byte> input, in FrameHeader header)
    {
        var length = (int)header.PayloadLength;
        if (input.Length < header.Size + length)
        {
            _headerBegun = true;
            return ReadStatus.NeedMore;
        }

        Span<byte> bytes = stackalloc byte[HeaderRules.MaxControlPayload];
        bytes = bytes[..length];
        input.Slice(header.Size, length).CopyTo(bytes);
        Masking.Apply(bytes, bytes, header.Mask);
        _headerBegun = false;

        if (header.Opcode == Opcode.Close)
        {
            if (!ClosePayload.TryParse(bytes, out _close, out var fault))
            {
                return Fail(fault);
            }

            input = input.Slice(input.End);
            End();
            return ReadStatus.Close;
        }

        input = input.Slice(header.Size + length);
        if (length > 0)
        {
            bytes.CopyTo(_control.Append(length, length));
        }

        return header.Opcode == Opcode.Ping ? ReadStatus.Ping : ReadStatus.Pong;
    }

    private ReadStatus SkipFrames(ref ReadOnlySequence<byte> input)
    {
        ReleaseAll();
        switch (FrameSkipper.Skip(ref input, ref _skip, out var close))
        {
            case ReadStatus.Close:
                _close = close;
                End();
                return ReadStatus.Close;
            case ReadStatus.Fault:
                End();
                return Swallow(ref input);
            default:
                return ReadStatus.NeedMore;
        }
    }

    private static ReadStatus Swallow(ref ReadOnlySequence<byte> input)
    {
        input = input.Slice(input.End);
        return ReadStatus.NeedMore;
    }

    private ReadStatus Fail(FrameFault fault)
    {
        Fault = fault;
        _state = State.Faulted;
        ReleaseAll();
        return ReadStatus.Fault;
    }

    private void End()
    {
        _state = State.Ended;
        ReleaseAll();
    }

    /// <summary>The content of the last message is gone, its array stays for the next.</summary>
    private void ForgetLast()
    {
        if (_last is ReadStatus.Text or ReadStatus.Binary)
        {
            _message.Clear();
        }

        _control.Clear();
        _last = ReadStatus.NeedMore;
    }

    private void ReleaseAll()
    {
        _message.Release();
        _control.Release();
    }
}
