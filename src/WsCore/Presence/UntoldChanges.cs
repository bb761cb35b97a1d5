using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Changes in who is in a room that its sink has not been told yet.</summary>
/// <remarks>
/// Thread-safe. A change is noted under the gate, together with what it changes, and told without it: whoever finds nobody telling becomes the one who tells, until nothing is left.
/// So the changes come in their order, one at a time, and a sink may post to lanes, whose turns end in other members' leaving.
/// </remarks>
/// <param name="room">Whose members change.</param>
/// <param name="sink">Is told.</param>
internal sealed class UntoldChanges(RoomName room, IPresenceSink sink)
{
    private readonly Queue<PresenceChange> _untold = [];
    private bool _telling;

    public RoomName Room { get; } = room;

    /// <summary>The lock of the room's members.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Everything is told. Under the gate.</summary>
    public bool IsIdle => !_telling && _untold.Count == 0;

    /// <summary>Under the gate.</summary>
    public void Note(in PresenceChange change) => _untold.Enqueue(change);

    /// <summary>Tells what was noted, unless somebody is at it, who then tells this, too. Not under the gate.</summary>
    public void Tell()
    {
        var mine = false;
        while (TryNext(ref mine, out var change))
        {
            try
            {
                sink.Changed(Room, change);
            }
            catch
            {
                lock (Gate)
                {
                    _telling = false; // or nobody would ever tell anything here again
                }

                throw;
            }
        }
    }

    private bool TryNext(ref bool mine, out PresenceChange change)
    {
        lock (Gate)
        {
            change = default;
            if (_telling && !mine)
            {
                return false; // who tells now will find it
            }

            return _telling = mine = _untold.TryDequeue(out change);
        }
    }
}
