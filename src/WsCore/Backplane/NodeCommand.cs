namespace WsCore.Backplane;

/// <summary>Something that a node is asked to do to its connections.</summary>
/// <param name="Kind">What.</param>
/// <param name="Who">A connection's id, or a user.</param>
/// <param name="Room">The room's name, where one is concerned; else null.</param>
/// <param name="Reason">A sentence for the client's developer, where a connection is closed; else null.</param>
internal sealed record NodeCommand(NodeCommandKind Kind, string Who, string? Room = null, string? Reason = null);
