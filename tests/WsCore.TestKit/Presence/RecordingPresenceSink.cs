using System.Collections.Concurrent;
using System.Text;
using WsCore.Presence;
using WsCore.Rooms;

namespace WsCore.TestKit.Presence;

/// <summary>Writes down what it is told, a line each: <c>joined ada c1 "state" 3</c>.</summary>
internal sealed class RecordingPresenceSink : IPresenceSink
{
    private readonly ConcurrentDictionary<RoomName, Told> _rooms = [];

    /// <summary>Called for each change, after it was written down.</summary>
    public Action<RoomName, PresenceChange>? Then { get; set; }

    /// <summary>How often two threads told of one room at the same time.</summary>
    public int Overlaps => _rooms.Values.Sum(told => told.Overlaps);

    /// <summary>All that was told of a room and not taken, so far.</summary>
    public IReadOnlyList<PresenceChange> Changes(RoomName room)
    {
        if (!_rooms.TryGetValue(room, out var told))
        {
            return [];
        }

        lock (told)
        {
            return [.. told.Changes];
        }
    }

    /// <summary>The lines, but for arrivals, which nobody is told.</summary>
    public string[] Lines(RoomName room) => [.. Changes(room).Where(change => change.Kind != PresenceChangeKind.Arrived).Select(Line)];

    /// <summary>The same; forgets them.</summary>
    public string[] Take(RoomName room)
    {
        if (!_rooms.TryGetValue(room, out var told))
        {
            return [];
        }

        lock (told)
        {
            string[] lines = Lines(room);
            told.Changes.Clear();
            return lines;
        }
    }

    public void Changed(RoomName room, in PresenceChange change)
    {
        var told = _rooms.GetOrAdd(room, _ => new Told());
        if (Interlocked.Increment(ref told.Busy) != 1)
        {
            Interlocked.Increment(ref told.Overlaps);
        }

        lock (told)
        {
            told.Changes.Add(change);
        }

        Then?.Invoke(room, change);
        Interlocked.Decrement(ref told.Busy);
    }

    private static string Line(PresenceChange change) => string.Join(' ', new[]
    {
        change.Kind.ToString().ToLowerInvariant(), change.Who.User ?? "-", change.Who.Connection, Encoding.UTF8.GetString(change.State.Span), $"{change.Count}",
    }.Where(part => part.Length > 0));

    private sealed class Told
    {
        public List<PresenceChange> Changes { get; } = [];

        public int Busy;
        public int Overlaps;
    }
}
