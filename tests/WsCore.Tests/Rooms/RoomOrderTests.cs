using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Delivery;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Rooms;

/// <summary>The gate makes one order: whoever publishes at the same time, all members of a room see the same sequence.</summary>
public sealed class RoomOrderTests
{
    private const int Publishers = 3;
    private const int Messages = 2000;
    private const int Members = 9;

    [Fact]
    public async Task ConcurrentPublishers_AllMembersSeeTheSameOrder()
    {
        var pool = new PoolScheduler(NullLogger<PoolScheduler>.Instance);
        using var node = new TestNode(lanes: 3, scheduler: pool);
        TestConnection[] members = [.. Enumerable.Range(0, Members).Select(_ => node.Connect())];
        Assert.All(members, member => node.Join(member.Connection, "a"));
        var room = node.Rooms.Find("a"u8)!;

        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < Messages; i++)
                {
                    Assert.True(node.Node.Lanes.WaitForRoomAsync().AsTask().Wait(TimeoutExtensions.Default));
                    room.Publish(TestFrames.Text($"{publisher} {i}"), except: null, reply: null);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).WithTimeout();
        foreach (var member in members)
        {
            await Eventually.Equal(Publishers * Messages, () => member.Output.Writes.Sum(write => SentFrame.Parse(write).Count));
        }

        var first = members[0].Texts;
        Assert.All(members, member => Assert.Equal(first, member.Texts));
        for (var publisher = 0; publisher < Publishers; publisher++)
        {
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{publisher} {i}"), first.Where(text => text[0] == '0' + publisher));
        }
    }
}
