namespace WsCore.Presence;

/// <summary>The kinds of changes, by their names on the wire.</summary>
internal enum PresenceChangeKind
{
    Joined,
    Left,
    Updated,
}
