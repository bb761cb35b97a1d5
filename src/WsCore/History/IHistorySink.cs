using WsCore.Delivery;

namespace WsCore.History;

/// <summary>What gets the messages of one room in their order.</summary>
internal interface IHistorySink
{
    /// <summary>A message has got its place. Comes in the order of the numbers, under a lock of the store's: it must not block or call the store.</summary>
    /// <param name="epoch">The life of the counter.</param>
    /// <param name="seq">The message's number.</param>
    /// <param name="frame">The message, its number in it.</param>
    /// <param name="draft">What was appended, where that was on this node; else null.</param>
    void Deliver(string epoch, long seq, Frame frame, Draft? draft);
}
