using System.Buffers.Text;
using System.Globalization;
using WsCore.Rooms;

namespace WsCore.History;

/// <summary>The epochs of rooms that nobody keeps a counter for.</summary>
/// <remarks>
/// An epoch is a random part, new with every process, and a generation. To remember a generation for each room that was ever forgotten would grow without
/// end, so rooms share them in buckets by their names: forgetting one gives all of its bucket that have no log another epoch. That errs in the safe direction only: a position may
/// be called unknown that could have been honoured, never the other way round, because the two lives of one room always have another generation between them.
/// Thread-safe; a leaf among the locks.
/// </remarks>
internal sealed class EpochTable
{
    private const int Buckets = 4096;
    private const int RandomBytes = 6;

    private readonly Lock _gate = new();
    private readonly long[] _generations = new long[Buckets];
    private readonly string[] _epochs = new string[Buckets];
    private readonly string _node;
    private readonly ulong _seed;

    /// <param name="random">Makes the random part: the same seed, the same epochs.</param>
    public EpochTable(Random random)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes];
        random.NextBytes(bytes);
        _node = Base64Url.EncodeToString(bytes);
        _seed = (ulong)random.NextInt64();
        Array.Fill(_epochs, Text(0));
    }

    /// <summary>The epoch that a life of the room has which begins now.</summary>
    public string Current(RoomName room) => Volatile.Read(ref _epochs[Bucket(room)]);

    /// <summary>A life of the room has ended: the next one has another epoch.</summary>
    public void Advance(RoomName room)
    {
        var bucket = Bucket(room);
        lock (_gate)
        {
            Volatile.Write(ref _epochs[bucket], Text(++_generations[bucket]));
        }
    }

    private string Text(long generation) => $"{_node}.{generation.ToString(CultureInfo.InvariantCulture)}";

    // Not the hash of RoomNameComparer: that one differs from process to process, and a simulation must meet the same collisions again.
    private int Bucket(RoomName room)
    {
        var hash = _seed;
        foreach (var b in room.Utf8.Span)
        {
            hash = (hash ^ b) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 29;
        }

        return (int)(hash & (Buckets - 1));
    }
}
