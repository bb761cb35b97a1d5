namespace WsCore.Client;

/// <summary>The client is no longer in a room, and does not join it again by itself.</summary>
/// <param name="Room">The room.</param>
/// <param name="Code">Why: <c>forbidden</c>, …</param>
/// <param name="Reason">For people.</param>
public sealed record RemovedEvent(string Room, string Code, string Reason) : ClientEvent;
