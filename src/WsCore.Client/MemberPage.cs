namespace WsCore.Client;

/// <summary>A page of a room's members.</summary>
/// <param name="Members">In the server's order.</param>
/// <param name="Count">All of them, not only this page.</param>
/// <param name="HasMore">There is another page: ask with the last member's user, or where there is none its connection, as <c>after</c>.</param>
public sealed record MemberPage(IReadOnlyList<Member> Members, int Count, bool HasMore);
