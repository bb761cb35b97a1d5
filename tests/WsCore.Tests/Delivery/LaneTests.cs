using WsCore.Delivery;
using WsCore.Framing;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Delivery;

/// <summary>Who runs a turn, for how long, and what a turn never does.</summary>
public sealed class LaneTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly ManualLaneScheduler _scheduler = new() { Flushes = 64, Time = TimeSpan.FromSeconds(1) };
    private readonly LaneOptions _options = new() { InboxItems = 16 };

    [Fact]
    public void Post_IdleLane_RunsTheTurnOnTheSpot()
    {
        var (outbox, output) = CreateOutbox(CreateLane());

        outbox.Lane.Post(LaneItem.Send(outbox, TestFrames.Text("a")));

        Assert.Equal(["a"], output.Texts);
        Assert.Empty(_scheduler.Waiting);
    }

    [Fact]
    public void Post_NoFlushesOnTheSpot_LeavesTheTurnToTheScheduler()
    {
        _scheduler.Flushes = 0;
        var (outbox, output) = CreateOutbox(CreateLane());

        outbox.Lane.Post(LaneItem.Send(outbox, TestFrames.Text("a")));
        outbox.Lane.Post(LaneItem.Send(outbox, TestFrames.Text("b")));

        Assert.Empty(output.Writes);
        Assert.Equal(2, outbox.Lane.Waiting);
        _scheduler.RunAll();
        Assert.Equal(["a", "b"], output.Texts);
        Assert.Single(output.Writes); // all frames of a turn in one write
        Assert.Equal(0, outbox.Lane.Waiting);
    }

    [Fact]
    public void Turn_After64Flushes_GoesToTheSchedulerWithItsOwnership()
    {
        var lane = CreateLane();
        var outboxes = Enumerable.Range(0, 100).Select(_ => CreateOutbox(lane)).ToList();

        lane.Post(LaneItem.DeliverEach([.. outboxes.Select(outbox => outbox.Outbox)], TestFrames.Text("a")));

        Assert.Equal(64, outboxes.Count(outbox => outbox.Output.Writes.Count == 1));
        Assert.Equal([lane], _scheduler.Waiting);

        // Owned: a post neither runs a turn nor asks for a second owner, and shares the write of what is left.
        var last = outboxes[^1];
        lane.Post(LaneItem.Send(last.Outbox, TestFrames.Text("b")));
        Assert.Empty(last.Output.Writes);

        _scheduler.RunAll();
        Assert.All(outboxes, outbox => Assert.Equal("a", outbox.Output.Texts[0]));
        Assert.Equal(["a", "b"], last.Output.Texts);

        lane.Post(LaneItem.Send(last.Outbox, TestFrames.Text("c"))); // idle again
        Assert.Equal(["a", "b", "c"], last.Output.Texts);
    }

    [Fact]
    public void Turn_OverItsTime_GoesToTheScheduler()
    {
        _scheduler.Time = TimeSpan.FromMicroseconds(200);
        var lane = CreateLane();
        var outboxes = Enumerable.Range(0, 50).Select(_ => CreateOutbox(lane)).ToList();
        foreach (var (_, output) in outboxes)
        {
            output.OnWrite = () => _clock.Advance(TimeSpan.FromMicroseconds(50));
        }

        lane.Post(LaneItem.DeliverEach([.. outboxes.Select(outbox => outbox.Outbox)], TestFrames.Text("a")));

        Assert.InRange(outboxes.Count(outbox => outbox.Output.Writes.Count == 1), 5, 16); // looks at the clock at every eighth flush
        Assert.Equal([lane], _scheduler.Waiting);
        _scheduler.RunAll(); // which is not timed
        Assert.All(outboxes, outbox => Assert.Single(outbox.Output.Writes));
    }

    [Fact]
    public void Turn_IsNeverRunFromWithinATurn()
    {
        var (lane, other) = (CreateLane(0), CreateLane(1));
        var (writing, output) = CreateOutbox(lane);
        var (same, sameOutput) = CreateOutbox(lane);
        var (foreign, foreignOutput) = CreateOutbox(other);
        output.OnWrite = () =>
        {
            output.OnWrite = null;
            lane.Post(LaneItem.Send(same, TestFrames.Text("same")));
            other.Post(LaneItem.Send(foreign, TestFrames.Text("other")));
            Assert.Empty(sameOutput.Writes);
            Assert.Empty(foreignOutput.Writes);
        };

        lane.Post(LaneItem.Send(writing, TestFrames.Text("a")));

        Assert.Equal(["same"], sameOutput.Texts); // in the same turn's next round
        Assert.Empty(foreignOutput.Writes);
        Assert.Equal([other], _scheduler.Waiting);
        _scheduler.RunAll();
        Assert.Equal(["other"], foreignOutput.Texts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ThatFails_DoesNotStopTheLaneForTheOthers(bool atOnce)
    {
        var lane = CreateLane();
        var owner = new RecordingOwner();
        var (bad, badOutput) = CreateOutbox(lane, owner);
        var (good, goodOutput) = CreateOutbox(lane);
        if (atOnce)
        {
            badOutput.Refuse(new InvalidOperationException("not even an IOException"));
        }
        else
        {
            badOutput.Block();
        }

        lane.Post(LaneItem.DeliverEach([bad, good], TestFrames.Text("a")));
        badOutput.FailPending();
        lane.Post(LaneItem.DeliverEach([bad, good], TestFrames.Text("b")));

        Assert.Equal(["a", "b"], goodOutput.Texts);
        Assert.Equal([OutboxEvent.WriteFailed], owner.Told);
        Assert.Equal(0, bad.Bytes);
    }

    [Fact]
    public void Congestion_PublishersWait_TurnsDoNot()
    {
        _scheduler.Flushes = 0;
        var lanes = new Lanes(new LaneOptions { Count = 2, InboxItems = 16 }, _scheduler, _clock);
        var lane = lanes.All[1];
        var (outbox, output) = CreateOutbox(lane);
        Assert.True(lanes.HaveRoom);
        for (var i = 0; i < 16; i++)
        {
            lane.Post(LaneItem.Send(outbox, TestFrames.Text("a")));
        }

        Assert.True(lane.IsCongested);
        Assert.False(lanes.HaveRoom);
        var waiting = lanes.WaitForRoomAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        // A turn that itself posts to the full lane goes on.
        output.OnWrite = () =>
        {
            output.OnWrite = null;
            for (var i = 0; i < 40; i++)
            {
                lane.Post(LaneItem.Send(outbox, TestFrames.Text("b")));
            }

            Assert.True(lane.IsCongested);
        };
        _scheduler.RunAll();

        Assert.Equal(56, output.Frames.Count);
        Assert.False(lane.IsCongested);
    }

    [Fact]
    public async Task WaitForRoomAsync_LaneIsTaken_Completes()
    {
        _scheduler.Flushes = 0;
        var lanes = new Lanes(new LaneOptions { Count = 1, InboxItems = 16 }, _scheduler, _clock);
        var (outbox, _) = CreateOutbox(lanes.All[0]);
        for (var i = 0; i < 16; i++)
        {
            lanes.All[0].Post(LaneItem.Send(outbox, TestFrames.Text("a")));
        }

        var waiting = lanes.WaitForRoomAsync();
        Assert.False(waiting.IsCompleted);
        _scheduler.RunAll();

        await waiting.WithTimeout();
    }

    [Fact]
    public void Lanes_AreAsManyAsAskedForAndTakenInTurn()
    {
        var lanes = new Lanes(new LaneOptions { Count = 3 }, _scheduler, _clock);
        Assert.Equal([0, 1, 2, 0, 1], Enumerable.Range(0, 5).Select(_ => lanes.Next().Index));
        Assert.InRange(new Lanes(new LaneOptions(), _scheduler, _clock).Count, 1, 64);
    }

    [Fact]
    public void Owners_HearAfterTheTurnAndMayPost()
    {
        var lane = CreateLane();
        var owner = new PostingOwner();
        var output = new ScriptedOutput();
        var outbox = new Outbox(lane, output, owner, new OutboxBounds(1000, 1000));
        var (other, otherOutput) = CreateOutbox(lane);
        owner.Told = () =>
        {
            Assert.Single(output.Writes);
            lane.Post(LaneItem.Send(other, TestFrames.Text("told")));
            Assert.Empty(otherOutput.Writes);
        };

        lane.Post(LaneItem.Close(outbox, TestFrames.Close(CloseCodes.Normal)));

        Assert.Equal([lane], _scheduler.Waiting); // the owner was not in a turn of its own either
        _scheduler.RunAll();
        Assert.Equal(["told"], otherOutput.Texts);
    }

    private Lane CreateLane(int index = 0) => new(index, _options, _scheduler, _clock);

    private static (Outbox Outbox, ScriptedOutput Output) CreateOutbox(Lane lane, IOutboxOwner? owner = null)
    {
        var output = new ScriptedOutput();
        return (new Outbox(lane, output, owner ?? new RecordingOwner(), new OutboxBounds(1024 * 1024, 1024 * 1024)), output);
    }

    private sealed class PostingOwner : IOutboxOwner
    {
        public Action Told { get; set; } = () => { };

        public void Overflowed()
        {
        }

        public void Drained()
        {
        }

        public void Unconfirmed()
        {
        }

        public void GivenUp(IReadOnlyList<Frame> messages)
        {
        }

        public void CloseWritten() => Told();

        public void WriteFailed()
        {
        }

        public void Retired()
        {
        }
    }
}
