namespace WsCore.Presence;

/// <summary>A change in who is in a room.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Who">The member's user, and the connection that made the change.</param>
/// <param name="State">What the member shows; empty for nothing.</param>
/// <param name="Count">Members afterwards.</param>
internal readonly record struct PresenceChange(PresenceChangeKind Kind, PresenceConnection Who, ReadOnlyMemory<byte> State, int Count);
