using System.Collections.Concurrent;
using WsCore.Backplane;
using WsCore.Rooms;

namespace WsCore.TestKit.Backplane;

/// <summary>The backplane of one node: it counts rooms, records what is published, and is away or full when the test says so.</summary>
internal sealed class TestBackplane(JoinedBackplanes? joined = null) : IBackplane
{
    private readonly ConcurrentDictionary<RoomName, int> _open = new(RoomNameComparer.Instance);
    private IBackplaneSink? _sink;

    public bool IsAlone => false;

    public string? Problem { get; set; }

    public bool HasRoom { get; set; } = true;

    /// <summary>Awaited before a room is open.</summary>
    public Func<RoomName, Task>? BeforeOpen { get; set; }

    /// <summary>Where set, commands fail with it.</summary>
    public UnavailableException? Unavailable { get; set; }

    /// <summary>What was published.</summary>
    public ConcurrentQueue<BusMessage> Published { get; } = new();

    /// <summary>How often rooms were opened, all together.</summary>
    public int Opened => _opened;

    private int _opened;

    /// <summary>How often a room was opened and not closed: 0 or 1, but for moments in which one life of it has begun and the last is not over.</summary>
    public int OpenCount(string room) => _open.GetValueOrDefault(RoomName.Create(System.Text.Encoding.UTF8.GetBytes(room)));

    /// <summary>Rooms that were opened and closed another number of times.</summary>
    public IReadOnlyList<string> Unbalanced => [.. _open.Where(pair => pair.Value != 0).Select(pair => pair.Key.Text)];

    public void Start(IBackplaneSink sink) => _sink = sink;

    public async ValueTask OpenAsync(RoomName room)
    {
        Interlocked.Increment(ref _opened);
        _open.AddOrUpdate(room, 1, static (_, count) => count + 1);
        await (BeforeOpen?.Invoke(room) ?? Task.CompletedTask);
    }

    public void Close(RoomName room) => _open.AddOrUpdate(room, -1, static (_, count) => count - 1);

    public void Publish(in BusMessage message)
    {
        Published.Enqueue(message);
        joined?.Send(this, message);
    }

    public ValueTask<int> CommandAsync(NodeCommand command) => Unavailable is { } failure
        ? ValueTask.FromException<int>(failure)
        : new ValueTask<int>(Others().Sum(other => other._sink!.Obey(command)));

    public ValueTask<IReadOnlyList<NodeInfo>> NodesAsync() => new([_sink!.Describe(), .. Others().Select(other => other._sink!.Describe())]);

    /// <summary>A message of another node arrives, if this one gets such messages.</summary>
    public void Receive(in BusMessage message)
    {
        if (message.Target != BusTarget.Room || _open.GetValueOrDefault(message.Room!) > 0)
        {
            _sink!.Receive(message);
        }
    }

    private IEnumerable<TestBackplane> Others() => joined?.Backplanes.Where(other => other != this) ?? [];
}
