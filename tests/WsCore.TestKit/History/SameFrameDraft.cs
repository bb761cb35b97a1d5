using WsCore.Delivery;
using WsCore.History;

namespace WsCore.TestKit.History;

/// <summary>A message that is the same frame whatever its number, so that numbering it costs nothing: for what measures the store.</summary>
internal sealed class SameFrameDraft(Frame frame) : Draft
{
    public override (Frame Frame, NumberSlot Slot) Outline(string epoch, int digits) => (frame, default);

    public override Frame Number(string epoch, long seq) => frame;
}
