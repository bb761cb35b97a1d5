using WsCore.Rooms;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Rooms;

public sealed class MembershipsTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void LeaveAll_LeavesEveryRoomAndTakesNoOther()
    {
        var (leaving, staying) = (_node.Connect().Connection, _node.Connect().Connection);
        foreach (var room in new[] { "a", "b", "c" })
        {
            Assert.Equal(JoinOutcome.Joined, _node.Join(leaving, room));
        }

        _node.Join(staying, "b");
        Assert.Equal(3, leaving.Rooms.Count);

        leaving.Rooms.LeaveAll();

        Assert.Equal(0, leaving.Rooms.Count);
        Assert.Equal(1, _node.Rooms.Count);
        Assert.Same(staying, Assert.Single(_node.Rooms.Find("b"u8)!.Snapshot()).Connection);
        Assert.Equal(JoinOutcome.ConnectionOver, _node.Join(leaving, "b"));
        Assert.Equal(JoinOutcome.ConnectionOver, _node.Join(leaving, "new"));
        Assert.Null(_node.Rooms.Find("new"u8)); // nothing is left of the attempt
        leaving.Rooms.LeaveAll(); // harmless
    }

    [Fact]
    public void Leave_Twice_IsSaidAndChangesNothing()
    {
        var (first, second) = (_node.Connect().Connection, _node.Connect().Connection);
        _node.Join(first, "a");
        _node.Join(second, "a");
        var membership = first.Rooms.Find(_node.Rooms.Find("a"u8)!)!;

        Assert.True(membership.Leave());
        Assert.False(membership.Leave());

        Assert.Equal(1, _node.Rooms.Find("a"u8)!.Connections);
    }

    [Fact]
    public async Task Close_LeavesEveryRoomBeforeTheConnectionHasEnded()
    {
        var connection = _node.Connect("u1").Connection;
        _node.Join(connection, "a");

        connection.Close(4004, "bye");

        Assert.Equal(0, _node.Rooms.Count);
        Assert.Equal(JoinOutcome.ConnectionOver, _node.Join(connection, "a"));
        await WsCore.TestKit.Time.TimeoutExtensions.WithTimeout(connection.EndAsync());
    }
}
