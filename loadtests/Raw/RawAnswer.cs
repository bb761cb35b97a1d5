namespace WsCore.LoadTests.Raw;

/// <summary>What became of a request.</summary>
/// <param name="Code">Null where it was granted; else the server's error code, or <c>timeout</c> or <c>closed</c>.</param>
/// <param name="HasHistory">Of a join: the room keeps history.</param>
internal readonly record struct RawAnswer(string? Code, bool HasHistory);
