using WsCore.Access;
using WsCore.Delivery;
using WsCore.History;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>A message for a room with history, and the <c>ack</c> of its sender: written before they have a number, with a place for it.</summary>
/// <remarks>The memories are the request's and valid while it is carried out.</remarks>
internal sealed class MessageDraft : Draft
{
    private string? _epoch;
    private Frame? _frame;
    private NumberSlot _frameSlot;
    private Frame? _ack;
    private NumberSlot _ackSlot;

    /// <summary>The room's name, the content of a JSON string; empty for a user's.</summary>
    public ReadOnlyMemory<byte> JsonRoom { get; init; }

    /// <summary>The user, the content of a JSON string; empty for a room's.</summary>
    public ReadOnlyMemory<byte> JsonTo { get; init; }

    public ReadOnlyMemory<byte> RawEvent { get; init; }

    public ReadOnlyMemory<byte> RawKey { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long Time { get; init; }

    public Payload Payload { get; init; }

    /// <summary>The request's id; empty where no answer is sent.</summary>
    public ReadOnlyMemory<byte> RawId { get; init; }

    /// <summary>What hooks add to the answer.</summary>
    public List<AckAddition>? Additions { get; init; }

    /// <summary>Whether its receivers are to confirm it.</summary>
    public bool IsReliable { get; init; }

    /// <summary>Whether there is to be an answer, even if only to be remembered.</summary>
    public bool WantsAnswer { get; init; }

    /// <summary>The <c>ack</c>, the number in it; null where none was wanted, or before there is a number.</summary>
    public Frame? Answer { get; private set; }

    /// <summary>Writes everything but the number, where a position is known that is likely the one before.</summary>
    public void Prepare(Position? last)
    {
        if (last is { Epoch.Length: > 0 } position)
        {
            Write(position.Epoch, NumberSlot.WidthFor(position.Seq));
        }
    }

    public override (Frame Frame, NumberSlot Slot) Outline(string epoch, int digits)
    {
        if (_epoch != epoch || _frameSlot.Width < digits)
        {
            Write(epoch, digits);
        }

        return (_frame!, _frameSlot);
    }

    public override Frame Number(string epoch, long seq)
    {
        if (_epoch != epoch || !_frameSlot.TryWrite(_frame!.Wire, seq))
        {
            Write(epoch, NumberSlot.WidthFor(seq)); // others were quicker by far, or nobody is there
            _frameSlot.TryWrite(_frame!.Wire, seq);
        }

        if (_ack is not null)
        {
            _ackSlot.TryWrite(_ack.Wire, seq);
            Answer = _ack;
            Reply = RawId.IsEmpty ? null : new NumberedReply(_ack, _ackSlot);
        }

        return _frame;
    }

    private void Write(string epoch, int width)
    {
        Span<byte> rawEpoch = stackalloc byte[epoch.Length]; // ASCII
        System.Text.Encoding.ASCII.GetBytes(epoch, rawEpoch);
        var message = new MessageEnvelope
        {
            JsonRoom = JsonRoom.Span,
            JsonTo = JsonTo.Span,
            RawEpoch = rawEpoch,
            SeqDigits = width,
            FromJson = Publisher is null ? default : Publisher.FromJson,
            RawEvent = RawEvent.Span,
            RawKey = RawKey.Span,
            Time = Time,
            Payload = Payload.Bytes.Span,
            Binary = Payload.IsBinary,
        };
        _epoch = epoch;
        _frame = Publication.Make(message, reliable: IsReliable, numbered: true, received: Publisher?.Received ?? 0);
        _frameSlot = new NumberSlot(_frame.HeaderLength + message.SeqOffset, width);
        if (WantsAnswer)
        {
            (_ack, _ackSlot) = Replies.Ack(RawId, epoch, width, Additions);
        }
    }
}
