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
    public static void Write(ref AckWriter ack, List<Member> members, int first, int limit, ref int budget)
    {
        var next = first;
        ack.BeginMembers();
        for (; next < members.Count && next - first < limit; next++)
        {
            var member = members[next];
            var cost = 128 + (6 * (member.User?.Length ?? 0)); // no less than what is written: an escaped character has 6 bytes
            if (cost > budget && next > first)
            {
                break;
            }

            budget -= cost;
            ack.Member(
                member.User,
                member.Connections.Count,
                member.Since.ToUnixTimeMilliseconds(),
                rawState: default,
                member.User is null ? member.Connections[0] : null);
        }

        ack.EndMembers();
        ack.More(next < members.Count);
    }
}
