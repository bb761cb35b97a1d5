using WsCore.Delivery;

namespace WsCore.History;

/// <summary>A message that has not got its number yet.</summary>
internal abstract class Draft
{
    /// <summary>The message with its number in it. Called once, by the store, under its lock, in the order of the numbers.</summary>
    public abstract Frame Number(string epoch, long seq);
}
