namespace WsCore.Redis.Presence;

/// <summary>What happened at once to a room, as its scripts say it. The numbers are part of the format.</summary>
[Flags]
internal enum ChangeKinds : byte
{
    None = 0,
    MemberCame = 1,
    ConnectionCame = 2,
    StateChanged = 4,
    ConnectionWent = 8,
    MemberWent = 16,
}
