using WsCore.Rooms;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Rooms;

public sealed class MemberListTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Of_GroupsByUserInOrdinalOrder_AnonymousConnectionsLast()
    {
        foreach (var user in new[] { "b", null, "B", "ü", "b", "\uFFFD", null, "a", "\U0001F600", "b" })
        {
            _node.Join(_node.Connect(user).Connection, "a");
        }

        var members = MemberList.Of(_node.Rooms.Find("a"u8)!.Snapshot());

        Assert.Equal(["B", "a", "b", "ü", "\U0001F600", "\uFFFD", null, null], members.Select(member => member.User));
        Assert.Equal(["c1", "c5", "c10"], members[2].Connections);
        Assert.Equal(["c2"], members[6].Connections);
        Assert.Equal(["c7"], members[7].Connections);
        Assert.All(members.Take(2), member => Assert.Single(member.Connections));
    }

    [Fact]
    public void Of_SinceIsWhenTheFirstConnectionJoined()
    {
        var first = _node.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        _node.Join(_node.Connect("u").Connection, "a");
        _node.Clock.Advance(TimeSpan.FromMinutes(1));
        _node.Join(_node.Connect("u").Connection, "a");

        Assert.Equal(first, Assert.Single(MemberList.Of(_node.Rooms.Find("a"u8)!.Snapshot())).Since.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Of_Nobody_IsEmpty() => Assert.Empty(MemberList.Of([]));
}
