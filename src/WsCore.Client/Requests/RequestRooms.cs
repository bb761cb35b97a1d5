namespace WsCore.Client.Requests;

/// <summary>What a request has to do with rooms.</summary>
/// <param name="Names">Those that the client has to be in; null: none.</param>
/// <param name="IsPosition">Its answer is a position of the one that it names.</param>
/// <param name="Leaves">The room that it leaves.</param>
internal readonly record struct RequestRooms(IReadOnlyList<string>? Names, bool IsPosition = false, string? Leaves = null);
