using WsCore.ClusterTests.Checking;

namespace WsCore.ClusterTests.Chaos;

/// <summary>What all clients of a run share.</summary>
internal sealed class ChaosPlan(HistoryChecker checker, IReadOnlyList<RoomRules> rooms, ChaosOptions options)
{
    private readonly long[] _markers = new long[rooms.Count];
    private volatile bool _isQuiet;
    private volatile bool _isSteady;

    public HistoryChecker Checker => checker;

    public IReadOnlyList<RoomRules> Rooms => rooms;

    public ChaosOptions Options => options;

    /// <summary>Where the nodes listen: the same over restarts.</summary>
    public required IReadOnlyList<Uri> Nodes { get; init; }

    /// <summary>Publishers begin nothing new; what was begun goes on until it is answered.</summary>
    public bool IsQuiet
    {
        get => _isQuiet;
        set => _isQuiet = value;
    }

    /// <summary>Clients no longer go away of their own accord, and each goes to its home node.</summary>
    public bool IsSteady
    {
        get => _isSteady;
        set => _isSteady = value;
    }

    /// <summary>The message that everybody in a room is to see.</summary>
    public MessageId Marker(int room) => new(Volatile.Read(ref _markers[room]));

    public void Mark(int room, MessageId id) => Volatile.Write(ref _markers[room], id.Value);
}
