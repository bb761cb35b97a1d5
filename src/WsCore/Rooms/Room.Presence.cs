using WsCore.Connections;
using WsCore.Delivery;

namespace WsCore.Rooms;

/// <content>Who hears of members that come and go: parts of their own, for a membership hears that from its arrival in the presence store on, not from its entering here.
/// What it heard in between would be older than the count that its join is answered with.</content>
internal sealed partial class Room
{
    private Part?[] _listening = [];
    private int _listeners;
    private int _isInhabited; // 1: it was told so, and not yet of its end

    /// <summary>Of a personal room: is told once that its user has come, and once that the user has gone, in any order; under no gate.</summary>
    public Action<bool>? Inhabited { private get; init; }

    /// <summary>Is told of every membership that has ended, and whether its connection has; under no gate.</summary>
    public Action<Membership, bool>? Left { get; init; }

    /// <summary>Members of this room know of each other. Never those of a personal room.</summary>
    public bool HasPresence { get; } = rules.Presence && !name.IsPersonal;

    /// <summary>Connections that hear announcements; a reading.</summary>
    public int Listeners => Volatile.Read(ref _listeners);

    /// <summary>Whether a membership is still in the room.</summary>
    /// <param name="membership">Of this room.</param>
    /// <param name="lost">Otherwise: whether it ended with its connection.</param>
    public bool Has(Membership membership, out bool lost)
    {
        lock (_gate)
        {
            lost = membership.IsLost;
            return membership.RoomIndex >= 0;
        }
    }

    /// <summary>From here on a connection hears the announcements, if it is in the room.</summary>
    public void Listen(Connection connection)
    {
        var lane = connection.Outbox.Lane;
        bool owned;
        lock (_gate)
        {
            if (connection.Rooms.Find(this) is not { RoomIndex: >= 0, Listening: null } membership)
            {
                return;
            }

            var part = PartFor(ref _listening, lane);
            membership.Listening = new Subscription(part, connection.Outbox);
            part.Expected++;
            _listeners++;
            owned = lane.Enqueue(LaneItem.Enter(membership.Listening));
        }

        if (owned)
        {
            lane.Run();
        }
    }

    /// <summary>Hands an announcement to the lanes of those who listen. It has no place in the room's history.</summary>
    public void Announce(Frame frame, Connection? except)
    {
        ulong owned;
        lock (_gate)
        {
            owned = Enqueue(_listening, frame, except?.Outbox);
        }

        lanes.Run(owned);
    }

    // After a membership has begun or ended. Who finds the room inhabited may be late, and then puts that right itself.
    private void TellInhabited()
    {
        if (!IsRetired && Interlocked.Exchange(ref _isInhabited, 1) == 0)
        {
            Inhabited!(true);
        }

        if (IsRetired && Interlocked.Exchange(ref _isInhabited, 0) == 1)
        {
            Inhabited!(false);
        }
    }

    // Under the gate. True: the caller owns the lane.
    private bool Deafen(Membership membership)
    {
        if (membership.Listening is not { } listening)
        {
            return false;
        }

        membership.Listening = null;
        listening.Part.Expected--;
        _listeners--;
        return listening.Part.Lane.Enqueue(LaneItem.Exit(listening));
    }
}
