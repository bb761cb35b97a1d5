namespace WsCore.History;

/// <summary>The bounds of one room's history.</summary>
/// <param name="Size">Messages.</param>
/// <param name="Ttl">How long each is kept.</param>
/// <param name="MaxBytes">Bytes of all of them.</param>
internal sealed record HistoryRules(int Size, TimeSpan Ttl, int MaxBytes);
