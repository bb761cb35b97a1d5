namespace WsCore.ClusterTests.Checking;

/// <summary>Who is told to be there.</summary>
internal sealed partial class HistoryChecker
{
    /// <summary>Somebody was announced to come or go.</summary>
    public void Announced(int client, string room, bool comes, string connection, int count)
    {
        lock (_lock)
        {
            var member = Member(client, room);
            Note(member, $"{connection} {(comes ? "joined" : "left")}, {count}");
            if (!member.IsJoined)
            {
                Add(ViolationKind.Misdelivered, member, client, $"{connection} was announced to somebody who is not in the room");
            }

            var isKnown = member.Members.TryGetValue(connection, out var announced);
            if (_calm && (comes ? isKnown && announced : !isKnown))
            {
                Add(ViolationKind.AnnouncedTwice, member, client, $"{connection} {(comes ? "joined" : "left")} again");
            }

            if (comes)
            {
                member.Members[connection] = true;
            }
            else
            {
                member.Members.Remove(connection);
            }

            member.Count = count;
        }
    }

    /// <summary>Whether what each member was told of a room comes to this; otherwise the first difference.</summary>
    public string? DifferenceFrom(string room, IReadOnlySet<string> connections)
    {
        lock (_lock)
        {
            return _clients.Select(pair => Difference(pair.Key, pair.Value, room, connections)).FirstOrDefault(text => text is not null);
        }
    }

    private static string? Difference(int id, ClientRecord client, string room, IReadOnlySet<string> connections)
    {
        if (!client.Rooms.TryGetValue(room, out var member) || !member.IsJoined)
        {
            return null;
        }

        var (missing, tooMany) = (connections.Where(one => !member.Members.ContainsKey(one)), member.Members.Keys.Where(one => !connections.Contains(one)));
        return member.Count == connections.Count && !missing.Any() && !tooMany.Any()
            ? null
            : $"{room}, client {id} ({client.Connection}): counts {member.Count}, not {connections.Count}; not told of [{string.Join(' ', missing)}]; still has [{string.Join(' ', tooMany)}]\n{member.Tail}";
    }

    private void StartMembers(MemberRecord member, IReadOnlyCollection<string>? members, int? count)
    {
        member.Members.Clear();
        foreach (var connection in members ?? [])
        {
            member.Members[connection] = false;
        }

        member.Count = count ?? member.Members.Count;
    }
}
