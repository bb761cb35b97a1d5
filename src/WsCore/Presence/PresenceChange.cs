namespace WsCore.Presence;

/// <summary>A change in who is in a room.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Who">The member's user, and the connection that made the change; of a member that was lost, its last one.</param>
/// <param name="State">What the member shows; empty for nothing, and where it has left.</param>
/// <param name="Count">Members afterwards.</param>
internal readonly record struct PresenceChange(PresenceChangeKind Kind, PresenceConnection Who, ReadOnlyMemory<byte> State, int Count);
