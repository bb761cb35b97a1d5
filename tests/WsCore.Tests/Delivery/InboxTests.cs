using WsCore.Delivery;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Delivery;

public sealed class InboxTests
{
    private const int MaxItems = 4;
    private const int MaxBytes = 1000;

    private readonly Inbox _inbox = new(MaxItems, MaxBytes, new ManualLaneScheduler());
    private readonly object _target = new();
    private LaneItem[] _taken = new LaneItem[1];

    [Fact]
    public void Post_NobodyOwnsTheLane_MakesTheCallerOwner()
    {
        Assert.True(_inbox.Post(Item(1)));
        Assert.False(_inbox.Post(Item(2)));

        Assert.True(_inbox.Take(ref _taken, out var count));
        Assert.Equal(2, count);
        Assert.False(_inbox.Post(Item(3))); // still owned
        Assert.True(_inbox.Take(ref _taken, out _));
        Assert.False(_inbox.Take(ref _taken, out _)); // given up here
        Assert.True(_inbox.Post(Item(4)));
    }

    [Fact]
    public void Take_GivesItemsInTheOrderOfTheirPosts()
    {
        LaneItem[] posted = [.. Enumerable.Range(10, 100).Select(Item)];
        foreach (var item in posted)
        {
            _inbox.Post(item);
        }

        Assert.True(_inbox.Take(ref _taken, out var count));
        Assert.Equal(posted, _taken[..count]);
    }

    [Fact]
    public void IsFull_AtTheMarkOfItems()
    {
        for (var i = 0; i < MaxItems; i++)
        {
            Assert.False(_inbox.IsFull);
            _inbox.Post(Item(1));
        }

        Assert.True(_inbox.IsFull);
        Assert.False(_inbox.Post(Item(1))); // a mark, not a wall
        Assert.True(_inbox.Take(ref _taken, out var count));
        Assert.Equal(MaxItems + 1, count);
        Assert.False(_inbox.IsFull);
    }

    [Fact]
    public void IsFull_FewItemsForVeryManyReceivers()
    {
        using var node = new WsCore.TestKit.Hosting.TestNode();
        var part = new Part(node.Node.Lanes.All[0]) { Expected = Inbox.MaxDeliveries / 2 };

        _inbox.Post(LaneItem.Deliver(part, TestFrames.Text("x"), except: null));
        Assert.False(_inbox.IsFull);
        _inbox.Post(LaneItem.Deliver(part, TestFrames.Text("x"), except: null));

        Assert.True(_inbox.IsFull);
        Assert.True(_inbox.Take(ref _taken, out _));
        Assert.False(_inbox.IsFull);
    }

    [Fact]
    public void IsFull_AtTheMarkOfBytes()
    {
        _inbox.Post(Item(MaxBytes - 10));
        Assert.False(_inbox.IsFull);
        _inbox.Post(Item(10));
        Assert.True(_inbox.IsFull);

        _inbox.Take(ref _taken, out _);

        Assert.False(_inbox.IsFull);
    }

    [Theory]
    [InlineData(MaxItems, 1)]
    [InlineData(1, MaxBytes)]
    public async Task WaitAsync_CompletesWhenTheOwnerHasTaken(int items, int bytes)
    {
        Assert.True(_inbox.WaitAsync().IsCompleted);
        for (var i = 0; i < items; i++)
        {
            _inbox.Post(Item(bytes));
        }

        var (first, second) = (_inbox.WaitAsync(), _inbox.WaitAsync());
        Assert.False(first.IsCompleted);

        _inbox.Take(ref _taken, out _);

        await first.WithTimeout();
        await second.WithTimeout();
        Assert.True(_inbox.WaitAsync().IsCompleted);
    }

    private LaneItem Item(int bytes) => new(LaneAction.Send, _target, bytes < 2 ? null : TestFrames.OfWireLength(bytes));
}
