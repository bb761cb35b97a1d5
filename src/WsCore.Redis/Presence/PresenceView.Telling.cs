using WsCore.Presence;

namespace WsCore.Redis.Presence;

/// <content>What the sink is told, one change at a time, under no lock.</content>
internal sealed partial class PresenceView
{
    // Under the gate, as the three after it. In the order that one node alone has: the new state first, which the connection that brings it is not told.
    private void TellOf(in RoomChange change)
    {
        if (change.Kinds.HasFlag(ChangeKinds.MemberCame))
        {
            Note(PresenceChangeKind.Joined, change.Who, change.State, change.Count);
            Told(change.Who);
            return;
        }

        if (change.Kinds.HasFlag(ChangeKinds.StateChanged))
        {
            Note(PresenceChangeKind.Updated, change.Who, change.State, change.Count);
        }

        if (change.Kinds.HasFlag(ChangeKinds.ConnectionCame))
        {
            Arrive(change.Who.Connection);
        }

        if (change.Kinds.HasFlag(ChangeKinds.MemberWent))
        {
            Note(PresenceChangeKind.Left, change.Who, default, change.Count);
        }
    }

    private void Arrive(string connection)
    {
        if (_locals.TryGetValue(connection, out var local) && !local.IsTold)
        {
            local.IsTold = true;
            var state = _members.TryGetValue(local.Key, out var member) ? member.State : [];
            Note(PresenceChangeKind.Arrived, new PresenceConnection(connection, ChangeCodec.UserOf(local.Key), local.Ticket), state, _members.Count);
        }
    }

    private void Told(PresenceConnection who)
    {
        if (_locals.TryGetValue(who.Connection, out var local) && local.Ticket == who.Ticket)
        {
            local.IsTold = true;
        }
    }

    private void Note(PresenceChangeKind kind, PresenceConnection who, ReadOnlyMemory<byte> state, int count) =>
        untold.Note(new PresenceChange(kind, who, state, count));

    private void Tell()
    {
        untold.Tell();
        RetireIfLast();
    }
}
