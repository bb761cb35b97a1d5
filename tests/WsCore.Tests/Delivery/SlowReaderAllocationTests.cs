using WsCore.Delivery;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Measure;

namespace WsCore.Tests.Delivery;

/// <summary>Receivers that do not take what they are sent cost no memory each either, but for the queues, of which a lane has spare ones.</summary>
public sealed class SlowReaderAllocationTests : IDisposable
{
    private const int Receivers = 1000; // below the number of spare queues that a lane keeps
    private const int Rounds = 50;
    private const int Held = 4; // what the smallest queue holds, so that none grows

    private readonly TestNode _node = new();
    private readonly SlowReaders _slow = new();

    public SlowReaderAllocationTests()
    {
        for (var i = 0; i < Receivers; i++)
        {
            _node.Join(_node.Make(_slow.Make()), "chat:1");
        }
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Publish_ToReadersThatAreLate_AllocatesNothing()
    {
        var frame = TestFrames.Text("hello, world");
        var waited = 0;
        var allocated = Allocations.Least(Rounds, () =>
        {
            for (var i = 0; i <= Held; i++)
            {
                Publish(frame);
            }

            waited = _slow.Waiting;
            _slow.TakeAll();
        });

        Assert.Equal(0, allocated);
        Assert.Equal(Receivers, waited);
        Assert.Equal(0, Counters.DroppedSlow);
    }

    [Fact]
    public void Publish_ToFullOutboxes_DropsEphemeralMessagesAndAllocatesNothing()
    {
        var large = TestFrames.OfWireLength(60_000);
        for (var bytes = 0; bytes < _node.Node.Options.Outbox.MaxBytes; bytes += large.Length)
        {
            Publish(large);
        }

        _node.Clock.Advance(2 * OutboxBounds.Stuck);
        var ephemeral = TestFrames.Text("hello, world", ephemeral: true);
        var published = 0L;

        Assert.Equal(0, Allocations.Least(Rounds, () =>
        {
            Publish(ephemeral);
            published++;
        }));
        Assert.Equal(published * Receivers, Counters.DroppedEphemeral);
        Assert.Equal(0, Counters.DroppedSlow);
    }

    private LaneCounters Counters => _node.Node.Lanes.All[0].Counters;

    private void Publish(Frame frame) => _node.Rooms.Find("chat:1"u8)!.Publish(frame, except: null, reply: null);
}
