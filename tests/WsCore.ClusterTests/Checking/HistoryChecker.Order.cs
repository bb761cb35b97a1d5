namespace WsCore.ClusterTests.Checking;

/// <summary>Positions: which message is where, who has come how far, and what was missed.</summary>
internal sealed partial class HistoryChecker
{
    // Whether the client goes on from where it was.
    private bool Judge(MemberRecord member, int client, RoomPosition since, RoomPosition at, EpochRecord epoch, bool? recovered)
    {
        if (recovered is not { } whole)
        {
            Add(ViolationKind.PositionMissing, member, client, $"the answer to a join since {since} does not say whether it recovered");
            return false;
        }

        Counts.Recovered += whole ? 1 : 0;
        Counts.NotRecovered += whole ? 0 : 1;
        if (whole)
        {
            if (at.Epoch != since.Epoch || at.Seq < since.Seq)
            {
                Add(ViolationKind.FalseRecovered, member, client, $"the room is at {at}, and recovered since {since}");
            }

            return true;
        }

        var old = at.Epoch == since.Epoch ? epoch : member.Room.Epoch(since.Epoch, _losses);
        var mayBeLost = _losses > old.LossesBefore || (at.Epoch != since.Epoch && !old.IsCounted);
        var isKept = at.Epoch != since.Epoch || at.Seq < since.Seq || at.Seq - since.Seq <= member.Room.Rules.HistorySize;
        if (isKept && (!mayBeLost || (at.Epoch == since.Epoch && at.Seq >= since.Seq)))
        {
            Add(ViolationKind.FalseUnrecovered, member, client, $"the room is at {at}, keeps {member.Room.Rules.HistorySize}, lost nothing, and did not recover since {since}");
        }

        return false;
    }

    // An epoch was named in a position: where it has messages, there must be a reason for it.
    private EpochRecord Seen(MemberRecord member, int client, RoomPosition at)
    {
        var epoch = member.Room.Epoch(at.Epoch, _losses);
        if (at.Seq > 0 && !epoch.IsCounted)
        {
            epoch.IsCounted = true;
            member.Room.Counted.Add(epoch);
            if (member.Room.Counted.Count > 1 + _losses)
            {
                var names = string.Join(", ", member.Room.Counted.Select(other => other.Name));
                Add(ViolationKind.EpochChanged, member, client, $"the room began {at.Epoch}: {names} with {_losses} losses");
            }
        }

        return epoch;
    }

    private void Place(MemberRecord member, int client, RoomPosition at, MessageId id, bool acked, bool seen)
    {
        if (Seen(member, client, at).Place(at.Seq, id, acked, seen) is { } problem)
        {
            Add(problem.Kind, member, client, problem.Text);
        }
    }

    private void Advance(MemberRecord member, int client, RoomPosition at)
    {
        if (member.Position is not { } from)
        {
            return; // what there is to say was said when it joined
        }

        if (from.Epoch != at.Epoch)
        {
            // A room that was never published to has an epoch that nobody goes on with.
            Leave(member, from.Epoch);
            Arrive(member, client, at.Epoch);
            Jump(member, at.Epoch, 0, at.Seq, isBeginning: member.Room.Epoch(from.Epoch, _losses).IsCounted);
        }
        else if (at.Seq <= from.Seq)
        {
            Add(ViolationKind.Repeated, member, client, $"{at} came after {from}");
            return;
        }
        else
        {
            Jump(member, at.Epoch, from.Seq, at.Seq, isBeginning: false);
        }

        member.Position = at;
    }

    private void Jump(MemberRecord member, string epoch, long from, long to, bool isBeginning)
    {
        if (to > from + 1)
        {
            member.Gaps.Add(new MemberRecord.Gap(member.Room.Epoch(epoch, _losses), from + 1, to - 1, isBeginning, member.Tail));
        }
    }

    private void Leave(MemberRecord member, string epoch)
    {
        if (member.Room.Epoch(epoch, _losses).IsCounted)
        {
            member.EpochsLeft.Add(epoch);
        }
    }

    private void Arrive(MemberRecord member, int client, string epoch)
    {
        if (member.EpochsLeft.Contains(epoch))
        {
            Add(ViolationKind.EpochWentBack, member, client, $"the room is in {epoch} again");
        }
    }

    // One violation per gap, told by the first that is missing.
    private void JudgeGap(MemberRecord member, int client, MemberRecord.Gap gap)
    {
        for (var seq = gap.From; seq <= gap.To; seq++)
        {
            var entry = gap.Epoch[seq];
            if (entry.Id.Value != 0 && entry.Id.Client == client && member.WithoutPlace.Contains(entry.Id))
            {
                Counts.OwnGaps++;
                continue;
            }

            var what = entry.Id.Value == 0 ? "which nobody saw" : $"{entry.Id}{(entry.Acked ? ", acked" : "")}{(entry.Seen ? ", seen by others" : "")}";
            var kind = gap.IsBeginning ? ViolationKind.BeginningLost : ViolationKind.Lost;
            Add(kind, $"{member.Room.Rules.Name}, client {client}: {gap.Epoch.Name}/{gap.From} to {gap.To} did not come; {gap.Epoch.Name}/{seq} is {what}", gap.Evidence);
            return;
        }
    }

    private void JudgeAcks(RoomRecord room)
    {
        foreach (var epoch in room.Counted)
        {
            for (var seq = 1L; seq <= epoch.Highest; seq++)
            {
                if (epoch[seq] is not { Acked: true, Seen: false } entry)
                {
                    continue;
                }

                if (epoch != room.Counted[^1])
                {
                    Counts.AckedAndLost++;
                }
                else
                {
                    Add(ViolationKind.FalseAck, $"{room.Rules.Name}: {entry.Id} was acked at {epoch.Name}/{seq}, and nobody else saw it", "");
                }
            }
        }
    }

    private void Plain(MemberRecord member, int client, MessageId id)
    {
        var key = (id.Client, id.Connection);
        var last = member.Last.GetValueOrDefault(key, -1);
        if (id.Number == last)
        {
            Add(ViolationKind.Repeated, member, client, $"{id} came again");
        }
        else if (id.Number < last)
        {
            Add(ViolationKind.Reordered, member, client, $"{id} came after number {last}");
        }

        member.Last[key] = Math.Max(last, id.Number);
        if (_calm)
        {
            member.Calm.Add(id);
        }
    }

    private void JudgeCalm(MemberRecord member, int client)
    {
        if (member.IsJoinedSinceCalm && member.Room.Calm.FirstOrDefault(id => id.Client != client && !member.Calm.Contains(id)) is { Value: not 0 } missing)
        {
            Add(ViolationKind.Lost, member, client, $"{missing} did not come, in calm");
        }
    }
}
