namespace WsCore.ClusterTests.Checking;

/// <summary>What is known of a room's order.</summary>
internal sealed class RoomRecord(RoomRules rules, int index)
{
    private readonly Dictionary<string, EpochRecord> _epochs = new(StringComparer.Ordinal);

    public RoomRules Rules => rules;

    public int Index => index;

    /// <summary>Those that have messages, as they were first seen.</summary>
    public List<EpochRecord> Counted { get; } = [];

    /// <summary>Messages of calm times that were acked and must have come to everybody who was there.</summary>
    public List<MessageId> Calm { get; } = [];

    public EpochRecord Epoch(string name, int losses)
    {
        if (!_epochs.TryGetValue(name, out var epoch))
        {
            _epochs.Add(name, epoch = new EpochRecord(name, losses));
        }

        return epoch;
    }
}
