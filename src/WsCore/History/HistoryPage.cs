using WsCore.Delivery;

namespace WsCore.History;

/// <summary>A part of a room's history.</summary>
/// <param name="IsWhole">Nothing between the position that was asked for and the first message is missing; false where that position is of another epoch, from the
/// future, or older than what is kept. True where none was asked for.</param>
/// <param name="Epoch">The room's epoch.</param>
/// <param name="From">The number of the first message; one more than <paramref name="To"/> where there is none.</param>
/// <param name="To">The number of the last message here: where the next page begins.</param>
/// <param name="Last">The newest number of the room.</param>
/// <param name="Frames">The messages, oldest first. Where the page is not whole: from the oldest that is kept.</param>
internal readonly record struct HistoryPage(bool IsWhole, string Epoch, long From, long To, long Last, Frame[] Frames)
{
    /// <summary>There are newer ones.</summary>
    public bool HasMore => To < Last;
}
