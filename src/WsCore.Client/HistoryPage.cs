namespace WsCore.Client;

/// <summary>A page of what was said in a room.</summary>
/// <param name="Messages">Oldest first.</param>
/// <param name="First">The number of the first of them; one more than that of <see cref="Last"/> where there is none.</param>
/// <param name="Last">The position of the last of them: what to ask with for the next page.</param>
/// <param name="HasMore">There is another page.</param>
public sealed record HistoryPage(IReadOnlyList<Message> Messages, long First, Position Last, bool HasMore);
