using WsCore.Connections;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Writes members into an answer, as many as may be.</summary>
/// <param name="Bytes">Bytes of members in one answer, all its rooms together.</param>
internal sealed record MemberPages(int Bytes)
{
    private const int MostBytes = 256 * 1024;

    /// <summary>256 KiB, or less where an outbox takes little: an answer must never make its reader a slow one.</summary>
    public static MemberPages For(int outboxBytes) => new(Math.Min(MostBytes, outboxBytes / 4));

    /// <summary>Writes <c>members</c> and <c>more</c>, and takes what they cost off the budget. A page has one member at least.</summary>
    public static void Write(ref AckWriter ack, IReadOnlyList<Member> members, int first, int limit, ref int budget)
    {
        var next = first;
        ack.BeginMembers();
        for (; next < members.Count && next - first < limit; next++)
        {
            var member = members[next];
            var state = member.State?.Bytes ?? default;
            var cost = 128 + (6 * (member.User?.Length ?? 0)) + state.Length; // no less than what is written: an escaped character has 6 bytes
            if (cost > budget && next > first)
            {
                break;
            }

            budget -= cost;
            ack.Member(
                member.User,
                member.Connections.Count,
                member.Since.ToUnixTimeMilliseconds(),
                state.Span,
                member.Connection);
        }

        ack.EndMembers();
        ack.More(next < members.Count);
    }

    /// <summary>Where the page after a member begins, whether or not the member is still there.</summary>
    /// <param name="members">In the order of their keys.</param>
    /// <param name="after">The name of a user, or the id of an anonymous connection; empty for the first page.</param>
    public static int FirstAfter(IReadOnlyList<Member> members, string after)
    {
        if (after.Length == 0)
        {
            return 0;
        }

        var (users, anonymous) = (FirstOver(members, after), FirstOver(members, Member.AnonymousKey(after)));
        var isUser = users > 0 && members[users - 1].User == after;
        var isAnonymous = anonymous > 0 && members[anonymous - 1].Key == Member.AnonymousKey(after);
        return isAnonymous || (!isUser && ConnectionId.Matches(after)) ? anonymous : users;
    }

    private static int FirstOver(IReadOnlyList<Member> members, string key)
    {
        var (low, high) = (0, members.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(members[middle].Key, key) > 0 ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
