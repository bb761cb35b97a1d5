namespace WsCore.Client;

/// <summary>Somebody came into a room with presence, went, or shows another state.</summary>
/// <param name="Room">The room.</param>
/// <param name="Kind">Which of the three.</param>
/// <param name="Who">The user and the connection that did it.</param>
/// <param name="State">What the member shows, if anything.</param>
/// <param name="Count">Members afterwards.</param>
public sealed record PresenceEvent(string Room, PresenceKind Kind, Sender Who, Payload? State, int Count) : ClientEvent;
