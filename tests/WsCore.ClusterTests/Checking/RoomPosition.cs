namespace WsCore.ClusterTests.Checking;

/// <summary>A place in a room's order, as clients are told it.</summary>
internal readonly record struct RoomPosition(string Epoch, long Seq)
{
    public override string ToString() => $"{Epoch}/{Seq}";
}
