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

    /// <summary>The room has another epoch, and what comes next is its first message; told where that is known before there is one. Otherwise as <see cref="Deliver"/>.</summary>
    void Begin(string epoch);

    /// <summary>Messages that the sink has yet to get are gone for good: whoever is in the room has to come back and ask with a position, which tells what can be had.
    /// What is delivered next may leave them out. Otherwise as <see cref="Deliver"/>.</summary>
    void Overtaken();

    /// <summary>Completes when more can be taken; awaited, under no lock, before the next of what other nodes have sent. At once where nothing is in the way.</summary>
    ValueTask WaitForRoomAsync() => default;
}
