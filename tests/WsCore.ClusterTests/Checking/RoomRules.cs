namespace WsCore.ClusterTests.Checking;

/// <summary>A room, and what is promised of it.</summary>
/// <param name="Name">As on the wire.</param>
/// <param name="HistorySize">Messages that it keeps; 0: it has no history.</param>
/// <param name="Presence">Whether it tells who is there.</param>
internal sealed record RoomRules(string Name, int HistorySize, bool Presence)
{
    public bool KeepsHistory => HistorySize > 0;
}
