using WsCore.Rooms;

namespace WsCore.Redis.History;

/// <summary>Which of the counters of forgotten rooms is a room's: the same on all nodes.</summary>
/// <remarks>Rooms share them, because one for each room that ever was would grow without end. A room that is forgotten takes the epochs with it of others of its bucket that have no log: that errs in the
/// safe direction only.</remarks>
internal static class RoomBucket
{
    private const uint Buckets = 4096;

    /// <summary>FNV-1a.</summary>
    public static long Of(RoomName room)
    {
        var hash = 2166136261;
        foreach (var b in room.Utf8.Span)
        {
            hash = (hash ^ b) * 16777619;
        }

        return (hash ^ (hash >> 16)) % Buckets;
    }
}
