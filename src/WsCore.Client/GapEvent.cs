namespace WsCore.Client;

/// <summary>
/// Messages of a room may be missing: it no longer had everything after this client's position, it keeps no history and the client was away, or
/// the inbox was full. Get what is needed in another way, with <see cref="WsClient.HistoryAsync"/> for instance.
/// </summary>
/// <param name="Room">The room; <c>user:…</c> for messages to the user, null for messages of the application to a namespace or to everybody.</param>
/// <param name="Before">The position before what is missing; null where the room keeps no history.</param>
/// <param name="After">Where it goes on; null where the room keeps no history.</param>
public sealed record GapEvent(string? Room, Position? Before, Position? After) : ClientEvent;
