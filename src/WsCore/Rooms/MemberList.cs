namespace WsCore.Rooms;

/// <summary>Who is in a room, user by user.</summary>
internal static class MemberList
{
    /// <summary>Groups memberships by user, ordered by <see cref="Member.Key"/> so that pages do not overlap.</summary>
    public static List<Member> Of(ReadOnlySpan<Membership> memberships)
    {
        var byKey = new Dictionary<string, List<Membership>>(StringComparer.Ordinal);
        foreach (var membership in memberships)
        {
            var key = membership.Connection.User ?? Member.AnonymousKey(membership.Connection.Id);
            (byKey.TryGetValue(key, out var list) ? list : byKey[key] = []).Add(membership);
        }

        return
        [
            .. byKey.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new Member(
                pair.Value[0].Connection.User,
                [.. pair.Value.Select(membership => membership.Connection.Id)],
                DateTimeOffset.FromUnixTimeMilliseconds(pair.Value.Min(membership => membership.Since)))),
        ];
    }
}
