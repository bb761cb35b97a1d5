using System.Collections.Concurrent;
using WsCore.Backplane;
using WsCore.Conflation;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.History;
using WsCore.Namespaces;

namespace WsCore.Rooms;

/// <summary>Finds rooms by name, makes them for their first member and forgets them with their last.</summary>
/// <remarks>Thread-safe. Look-ups by the bytes of a message make no string.</remarks>
internal sealed class RoomManager
{
    private readonly ConcurrentDictionary<RoomName, Room> _rooms = new(RoomNameComparer.Instance);
    private readonly ConcurrentDictionary<RoomName, Room>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly NamespaceTable _namespaces;
    private readonly Lanes _lanes;
    private readonly IHistoryStore _history;
    private readonly IBackplane _backplane;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Conflator> _conflators = new(StringComparer.Ordinal);
    private int _count;

    public RoomManager(NamespaceTable namespaces, Lanes lanes, IHistoryStore history, IBackplane backplane, TimeProvider time)
    {
        _history = history;
        _backplane = backplane;
        _namespaces = namespaces;
        _lanes = lanes;
        _time = time;
        _byBytes = _rooms.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Rooms with members. Not <c>ConcurrentDictionary.Count</c>, which takes all its locks.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Is told of every membership that has ended, and whether its connection has; under no gate. Set before the first room is made.</summary>
    public Action<Membership, bool>? Left { get; set; }

    /// <summary>Is told of users who have a first connection here, and of those who have lost the last one, see <see cref="Presence.IPresenceStore.Connected"/>. Set before the first room is made.</summary>
    public Action<string, bool>? Connected { get; set; }

    /// <summary>Those of the conflated namespaces that have had a room.</summary>
    public ICollection<Conflator> Conflators => _conflators.Values;

    /// <summary>The room of a name, or null where nobody is in it.</summary>
    public Room? Find(ReadOnlySpan<byte> name) => _byBytes.TryGetValue(name, out var room) ? room : null;

    /// <inheritdoc cref="Find(ReadOnlySpan{byte})"/>
    public Room? Find(RoomName name) => _rooms.GetValueOrDefault(name);

    /// <summary>The rules of personal rooms.</summary>
    public NamespaceRules PersonalRules => _namespaces.For(NamespaceTable.User);

    /// <summary>The rules for a name, whether or not there is such a room.</summary>
    public NamespaceRules RulesFor(ReadOnlySpan<byte> name) => Find(name)?.Rules ?? _namespaces.For(RoomName.Create(name).Namespace);

    /// <summary>Puts a connection into the room of a name.</summary>
    /// <param name="connection">Joins.</param>
    /// <param name="name">A checked name.</param>
    /// <param name="missed">See <see cref="Room.Join"/>.</param>
    /// <returns>The room, whatever came of it, and what did.</returns>
    public async ValueTask<(Room Room, Joined Joined)> JoinAsync(Connection connection, ReadOnlyMemory<byte> name, HistoryPage? missed = null)
    {
        while (true)
        {
            var room = GetOrMake(name.Span);
            await room.OpenAsync().ConfigureAwait(false);
            var joined = room.Join(connection, _time.GetUtcNow().ToUnixTimeMilliseconds(), missed);
            if (joined.Outcome != JoinOutcome.RoomRetired)
            {
                return (room, joined);
            }
        }
    }

    /// <summary>Rooms may have members on other nodes: a message is made for them even where nobody is here.</summary>
    public bool AreElsewhere => !_backplane.IsAlone;

    /// <summary>Whether a message that is in no history can be published now: else it is refused before anything is delivered.</summary>
    public bool OthersTakeMore => _backplane.HasRoom;

    /// <summary>Publishes where nobody is here.</summary>
    /// <param name="name">The room.</param>
    /// <param name="frame">Without a number.</param>
    /// <param name="key">See <see cref="BusMessage"/>.</param>
    public void PublishElsewhere(RoomName name, Frame frame, ReadOnlyMemory<byte> key = default) =>
        _backplane.Publish(new BusMessage(BusTarget.Room, name, Namespace: null, frame, key));

    /// <summary>Waits until the lanes take more; before a request that is announced to a whole room.</summary>
    public ValueTask WaitForLanesAsync() => _lanes.WaitForRoomAsync();

    /// <summary>Every room of a namespace, or every room; as they are found, while others come and go.</summary>
    public IEnumerable<Room> All(string? inNamespace = null)
    {
        foreach (var (name, room) in _rooms)
        {
            if (inNamespace is null || name.Namespace == inNamespace)
            {
                yield return room;
            }
        }
    }

    private Action<bool>? InhabitedOf(RoomName name) =>
        name.IsPersonal && Connected is { } connected ? here => connected(name.Text[(RoomName.PersonalNamespace.Length + 1)..], here) : null;

    private Conflator ConflatorFor(NamespaceRules rules) =>
        _conflators.GetOrAdd(rules.Name, static (_, state) => new Conflator(state.rules.Conflate, state._lanes, state._time), (rules, _lanes, _time));

    private Room GetOrMake(ReadOnlySpan<byte> name) => Find(name) ?? GetOrMake(RoomName.Create(name));

    private Room GetOrMake(RoomName name)
    {
        while (true)
        {
            if (_rooms.TryGetValue(name, out var existing))
            {
                return existing;
            }

            var made = new Room(name, _namespaces.For(name.Namespace), _lanes, _history, Forget) { Left = Left, Backplane = _backplane, Inhabited = InhabitedOf(name) };
            made.Conflation = made.Rules.Conflate > TimeSpan.Zero ? new RoomConflation(ConflatorFor(made.Rules), made) : null;
            Interlocked.Increment(ref _count); // before somebody can empty and forget it
            if (_rooms.TryAdd(name, made))
            {
                return made;
            }

            Interlocked.Decrement(ref _count);
        }
    }

    // Called under the room's gate; removes this very room, not another that has its name by now.
    private void Forget(Room room)
    {
        if (_rooms.TryRemove(new KeyValuePair<RoomName, Room>(room.Name, room)))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
