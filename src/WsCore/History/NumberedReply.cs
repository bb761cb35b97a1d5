using WsCore.Delivery;

namespace WsCore.History;

/// <summary>The answer to a publisher, with the position of its message.</summary>
/// <param name="Frame">An <c>ack</c>.</param>
/// <param name="Slot">Where the number stands in it, right after the epoch.</param>
internal readonly record struct NumberedReply(Frame Frame, NumberSlot Slot)
{
    /// <summary>For a publisher that gets it at another place than the message's, and would take the position for one that it has come to.</summary>
    public Frame WithoutPosition()
    {
        var text = Frame.Message.Span;
        var seq = Slot.Offset - Frame.HeaderLength;
        var epoch = text[..seq].LastIndexOf(",\"epoch\":"u8);
        return Delivery.Frame.Text([.. text[..epoch], .. text[(seq + Slot.Width)..]]);
    }
}
