using System.Text;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Measure;

namespace WsCore.Tests.Rooms;

/// <summary>A room is found by the bytes of a message: no string, no name is made for the question.</summary>
public sealed class RoomLookupAllocationTests
{
    private const int Rounds = 1000;

    [Theory]
    [InlineData("a")]
    [InlineData("chat:1")]
    [InlineData("chat:größer als \"sonst\"")]
    public void Find_ARoomThatIsThere_AllocatesNothing(string name)
    {
        using var node = new TestNode();
        node.Join(node.Connect().Connection, name);
        var utf8 = Encoding.UTF8.GetBytes(name);

        var found = true;
        Assert.Equal(0, Allocations.Least(Rounds, () => found &= node.Rooms.Find(utf8) is not null));
        Assert.True(found);
    }

    [Fact]
    public void Find_ARoomThatIsNot_AllocatesNothing()
    {
        using var node = new TestNode();
        var utf8 = Encoding.UTF8.GetBytes(new string('x', 255));

        var found = false;
        Assert.Equal(0, Allocations.Least(Rounds, () => found |= node.Rooms.Find(utf8) is not null));
        Assert.False(found);
    }
}
