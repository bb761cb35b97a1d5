namespace WsCore.ClusterTests.Checking;

/// <summary>One life of a room's counter: which message is where, put together from what all clients saw.</summary>
internal sealed class EpochRecord(string name, int losses)
{
    private const long MostMessages = 50_000_000;

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<long, long> _positions = [];

    public string Name => name;

    /// <summary>How often data had been lost when it was first seen.</summary>
    public int LossesBefore => losses;

    /// <summary>Whether it is known to have messages: a room that nobody published to names an epoch which is no room's yet.</summary>
    public bool IsCounted { get; set; }

    public long Highest => _entries.Count;

    public Entry this[long seq] => seq >= 1 && seq <= _entries.Count ? _entries[(int)seq - 1] : default;

    /// <summary>Notes that a message is at a position. Null where that fits, else why it does not.</summary>
    public (ViolationKind Kind, string Text)? Place(long seq, MessageId id, bool acked, bool seen)
    {
        if (seq is < 1 or > MostMessages)
        {
            return (ViolationKind.PositionMissing, $"{id} has the number {seq}");
        }

        while (_entries.Count < seq)
        {
            _entries.Add(default);
        }

        var entry = _entries[(int)seq - 1];
        if (entry.Id is { Value: not 0 } other && other != id)
        {
            return (ViolationKind.TwoMessagesAtOnePosition, $"{name}/{seq} is {other} and {id}");
        }

        if (!_positions.TryAdd(id.Value, seq) && _positions[id.Value] != seq)
        {
            return (ViolationKind.TakenTwice, $"{id} is at {name}/{_positions[id.Value]} and at {name}/{seq}");
        }

        _entries[(int)seq - 1] = new Entry(id, entry.Acked || acked, entry.Seen || seen);
        return null;
    }

    /// <summary>What is known of one position; nothing where the id is 0.</summary>
    internal readonly record struct Entry(MessageId Id, bool Acked, bool Seen);
}
