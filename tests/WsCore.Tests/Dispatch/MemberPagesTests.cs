using WsCore.Dispatch;
using WsCore.Rooms;

namespace WsCore.Tests.Dispatch;

public sealed class MemberPagesTests
{
    private static readonly Member[] Members =
    [
        .. new[] { "ada", "grace", "zed" }.Select(user => new Member(user, ["c"], default)),
        .. new[] { "AAAAAAAAAAAAAAA1", "AAAAAAAAAAAAAAA3", "AAAAAAAAAAAAAAA5", "short" }.Select(id => new Member(null, [id], default)),
    ];

    [Theory]
    [InlineData("", 0)]
    [InlineData("ada", 1)]
    [InlineData("bob", 1)] // has left
    [InlineData("zed", 3)]
    [InlineData("zzz", 3)]
    [InlineData("AAAAAAAAAAAAAAA1", 4)]
    [InlineData("AAAAAAAAAAAAAAA2", 4)] // a connection that has left: not back to the users
    [InlineData("AAAAAAAAAAAAAAA5", 6)]
    [InlineData("AAAAAAAAAAAAAAA9", 6)]
    [InlineData("short", 7)]
    public void FirstAfter_ThereOrGone_GoesOnBehind(string after, int index) => Assert.Equal(index, MemberPages.FirstAfter(Members, after));
}
