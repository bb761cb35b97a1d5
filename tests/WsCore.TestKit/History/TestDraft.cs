using WsCore.Delivery;
using WsCore.History;
using WsCore.TestKit.Delivery;

namespace WsCore.TestKit.History;

/// <summary>A message that remembers which number it got.</summary>
/// <param name="text">Comes after its position in the message.</param>
/// <param name="length">Bytes of its frame, 6 or more; null: as many as its epoch, number and text take.</param>
internal sealed class TestDraft(string text = "", int? length = null) : Draft
{
    private (string Epoch, Frame Frame, NumberSlot Slot)? _outline;

    /// <summary>How often a number was given.</summary>
    public int Numbered { get; private set; }

    public (string Epoch, long Seq) Given { get; private set; }

    public Frame? Frame { get; private set; }

    /// <summary>Thrown instead of making a frame.</summary>
    public Exception? Failure { get; init; }

    public override (Frame Frame, NumberSlot Slot) Outline(string epoch, int digits)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        var frame = length is { } bytes ? TestFrames.OfWireLength(bytes) : TestFrames.Text($"{epoch}/{new string(' ', digits)}/{text}");
        var slot = new NumberSlot(frame.HeaderLength + (length is null ? epoch.Length + 1 : 0), digits);
        _outline = (epoch, frame, slot);
        return (frame, slot);
    }

    public override Frame Number(string epoch, long seq)
    {
        Numbered++;
        Given = (epoch, seq);
        if (Failure is not null)
        {
            throw Failure;
        }

        if (_outline is { } outline && outline.Epoch == epoch && outline.Slot.TryWrite(outline.Frame.Wire, seq))
        {
            return Frame = outline.Frame;
        }

        return Frame = length is { } bytes ? TestFrames.OfWireLength(bytes) : TestFrames.Text($"{epoch}/{seq}/{text}");
    }
}
