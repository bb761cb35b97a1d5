using System.Runtime.InteropServices;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Delivery;

/// <summary>What goes into which write, and in which order.</summary>
public sealed class OutboxTests
{
    private const int MaxBytes = 1024 * 1024;
    private const int ScratchBytes = 64 * 1024;

    private readonly ManualLaneScheduler _scheduler = new();
    private readonly RecordingOwner _owner = new();
    private readonly ScriptedOutput _output = new();
    private readonly Lane _lane;
    private readonly Outbox _outbox;

    public OutboxTests()
    {
        _lane = new Lane(0, new LaneOptions(), _scheduler, new ManualTimeProvider());
        _outbox = new Outbox(_lane, _output, _owner, new OutboxBounds(MaxBytes, MaxBytes));
    }

    [Fact]
    public void OneFrame_IsWrittenUncopied()
    {
        var frame = TestFrames.Text("a");
        Turn(LaneItem.Send(_outbox, frame));

        Assert.True(MemoryMarshal.TryGetArray(_output.Memories.Single(), out var segment));
        Assert.Same(frame.Wire, segment.Array);
        Assert.Equal(frame.Length, segment.Count);
    }

    [Fact]
    public void ManyFrames_ShareOneWriteInOrder()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"text {i}")];
        Turn([.. texts.Select(text => LaneItem.Send(_outbox, TestFrames.Text(text)))]);

        Assert.Single(_output.Writes);
        Assert.Equal(texts, _output.Texts);
        Assert.Equal(0, _outbox.Bytes);
    }

    [Fact]
    public void MoreThanTheScratchBuffer_IsSplitBetweenFrames()
    {
        int[] lengths = [40_000, 20_000, 5_536, 100, 200, 30_000, 40_000];
        Turn([.. lengths.Select(length => LaneItem.Send(_outbox, TestFrames.OfWireLength(length)))]);

        Assert.Equal([ScratchBytes, 30_300, 40_000], _output.Writes.Select(write => write.Length));
        Assert.Equal(lengths, _output.Writes.SelectMany(write => SentFrame.Parse(write)).Select(frame => frame.Payload.Length + HeaderOf(frame)));
    }

    [Fact]
    public void FrameLongerThanTheScratchBuffer_GoesAloneAndUncopied()
    {
        var big = TestFrames.OfWireLength(ScratchBytes + 1);
        Turn(LaneItem.Send(_outbox, TestFrames.Text("a")), LaneItem.Send(_outbox, big), LaneItem.Send(_outbox, TestFrames.Text("b")));

        Assert.Equal(3, _output.Writes.Count);
        Assert.True(MemoryMarshal.TryGetArray(_output.Memories[1], out var segment));
        Assert.Same(big.Wire, segment.Array);
        Assert.Equal(["a", "b"], _output.Texts);
    }

    [Fact]
    public void PendingWrite_WhatFollowsAccumulatesIntoOneWriteAfterIt()
    {
        _output.Block();
        Turn(LaneItem.Send(_outbox, TestFrames.Text("a")));
        for (var i = 0; i < 10; i++)
        {
            Turn(LaneItem.Send(_outbox, TestFrames.Text($"b{i}")));
        }

        Assert.Single(_output.Writes);
        Assert.Equal(3 + (10 * 4), _outbox.Bytes);
        _output.CompleteOne();
        _scheduler.RunAll();

        Assert.Equal(2, _output.Writes.Count);
        Assert.Equal(11, _output.Frames.Count);
        _output.Unblock();
        _scheduler.RunAll();
        Assert.Equal(0, _outbox.Bytes);
        Assert.False(_output.Overlapped);
    }

    [Fact]
    public void PendingWrite_OfTheScratchBuffer_IsNotOverwrittenByOthers()
    {
        var other = new ScriptedOutput();
        var otherOutbox = new Outbox(_lane, other, _owner, new OutboxBounds(MaxBytes, MaxBytes));
        _output.Block();
        Turn(LaneItem.Send(_outbox, TestFrames.Text("a")), LaneItem.Send(_outbox, TestFrames.Text("b")));
        Turn(LaneItem.Send(otherOutbox, TestFrames.Text("c")), LaneItem.Send(otherOutbox, TestFrames.Text("d")));

        Assert.Equal(["a", "b"], SentFrame.Parse(_output.Memories.Single().Span).Select(frame => frame.Text));
        Assert.Equal(["c", "d"], other.Texts);
    }

    [Fact]
    public void Pongs_NewestReplacesAndTheyGoFirst()
    {
        Turn(
            LaneItem.Send(_outbox, TestFrames.Text("a")),
            LaneItem.ControlPong(_outbox, TestFrames.Pong("1")),
            LaneItem.EnvelopePong(_outbox, TestFrames.Text("envelope 1")),
            LaneItem.ControlPong(_outbox, TestFrames.Pong("2")),
            LaneItem.EnvelopePong(_outbox, TestFrames.Text("envelope 2")));

        Assert.Single(_output.Writes);
        Assert.Equal(["2", "envelope 2", "a"], _output.Frames.Select(frame => frame.Text));
    }

    [Fact]
    public void Pongs_WhileAWriteIsPending_ReplaceEachOther()
    {
        _output.Block();
        Turn(LaneItem.Send(_outbox, TestFrames.Text("a")));
        for (var i = 0; i < 1000; i++)
        {
            Turn(LaneItem.ControlPong(_outbox, TestFrames.Pong($"{i}")));
        }

        _output.Unblock();
        _scheduler.RunAll();

        Assert.Equal(["a", "999"], _output.Frames.Select(frame => frame.Text));
    }

    [Fact]
    public void Pong_FullOutbox_HasRoom()
    {
        _output.Block();
        Turn(LaneItem.Send(_outbox, TestFrames.OfWireLength(MaxBytes)));
        Turn(LaneItem.ControlPong(_outbox, TestFrames.Pong("p")), LaneItem.EnvelopePong(_outbox, TestFrames.Text("e")));
        _output.Unblock();
        _scheduler.RunAll();

        Assert.Equal(["p", "e"], _output.Frames.Skip(1).Select(frame => frame.Text));
        Assert.Empty(_owner.Told);
    }

    [Fact]
    public void Close_ComesLastAndNothingAfterIt()
    {
        Turn(
            LaneItem.Send(_outbox, TestFrames.Text("a")),
            LaneItem.Close(_outbox, TestFrames.Close(CloseCodes.Disconnected)),
            LaneItem.Send(_outbox, TestFrames.Text("late")),
            LaneItem.ControlPong(_outbox, TestFrames.Pong("late")),
            LaneItem.Close(_outbox, TestFrames.Close(CloseCodes.Drain)));
        Turn(LaneItem.Send(_outbox, TestFrames.Text("later")), LaneItem.EnvelopePong(_outbox, TestFrames.Text("later")));

        Assert.Single(_output.Writes);
        Assert.Equal([Opcode.Text, Opcode.Close], _output.Frames.Select(frame => frame.Opcode));
        Assert.Equal(CloseCodes.Disconnected, _output.Frames[1].CloseCode);
        Assert.Equal([OutboxEvent.CloseWritten], _owner.Told);
    }

    [Fact]
    public void Close_BehindAPendingWrite_FollowsWhatWaits()
    {
        _output.Block();
        Turn(LaneItem.Send(_outbox, TestFrames.Text("a")));
        Turn(LaneItem.Send(_outbox, TestFrames.Text("b")), LaneItem.Close(_outbox, TestFrames.Close(CloseCodes.Normal)));
        Assert.Empty(_owner.Told);
        _output.Unblock();
        _scheduler.RunAll();

        Assert.Equal(["a", "b"], _output.Texts);
        Assert.Equal(Opcode.Close, _output.Frames[2].Opcode);
        Assert.Equal([OutboxEvent.CloseWritten], _owner.Told);
    }

    [Fact]
    public void Close_DoesNotFitTheScratchBuffer_HasAWriteOfItsOwn()
    {
        Turn(
            LaneItem.Send(_outbox, TestFrames.OfWireLength(ScratchBytes - 500)),
            LaneItem.Send(_outbox, TestFrames.OfWireLength(500)),
            LaneItem.Close(_outbox, TestFrames.Close(CloseCodes.Normal)));

        Assert.Equal([ScratchBytes, 7], _output.Writes.Select(write => write.Length));
        Assert.Equal(CloseCodes.Normal, _output.Frames[2].CloseCode);
    }

    [Fact]
    public void Hold_WhatComesMeanwhileWaitsBehindTheReply()
    {
        Turn(LaneItem.Send(_outbox, TestFrames.Text("before")));
        Turn(LaneItem.Hold(_outbox));
        Turn(LaneItem.Send(_outbox, TestFrames.Text("held 1")), LaneItem.Send(_outbox, TestFrames.Text("held 2")));
        Turn(LaneItem.ControlPong(_outbox, TestFrames.Pong("pong")));
        Assert.Equal(["before", "pong"], _output.Frames.Select(frame => frame.Text));

        Turn(LaneItem.Release(_outbox, TestFrames.Text("reply")), LaneItem.Send(_outbox, TestFrames.Text("after")));

        Assert.Equal(["before", "reply", "held 1", "held 2", "after"], _output.Texts);
        Assert.Equal(0, _outbox.Bytes);
    }

    [Fact]
    public void Release_WithoutReply_GivesWhatWasHeld()
    {
        Turn(LaneItem.Hold(_outbox), LaneItem.Send(_outbox, TestFrames.Text("held")), LaneItem.Release(_outbox, null));

        Assert.Equal(["held"], _output.Texts);
    }

    [Fact]
    public void Close_WhileHeld_WaitsForTheReplyAndComesAfterIt()
    {
        Turn(LaneItem.Hold(_outbox), LaneItem.Send(_outbox, TestFrames.Text("held")));
        Turn(LaneItem.Close(_outbox, TestFrames.Close(CloseCodes.Normal)));
        Assert.Empty(_output.Writes);

        Turn(LaneItem.Release(_outbox, TestFrames.Text("reply")));

        Assert.Equal(["reply", "held"], _output.Texts);
        Assert.Equal(CloseCodes.Normal, _output.Frames[2].CloseCode);
        Assert.Equal([OutboxEvent.CloseWritten], _owner.Told);
        Assert.Equal(0, _outbox.Bytes);
    }

    [Fact]
    public void Overflow_WhileHeld_ClosesWithoutTheReply()
    {
        Turn(LaneItem.Hold(_outbox), LaneItem.Send(_outbox, TestFrames.OfWireLength(MaxBytes)));
        Turn(LaneItem.Send(_outbox, TestFrames.Text("too much")));
        Turn(LaneItem.Release(_outbox, TestFrames.Text("reply")));

        Assert.Equal(CloseCodes.SlowReader, Assert.Single(_output.Frames).CloseCode);
        Assert.Equal([OutboxEvent.Overflowed, OutboxEvent.CloseWritten], _owner.Told);
    }

    [Fact]
    public void Release_ReplyDoesNotFit_IsTheSlowReaderToo()
    {
        Turn(LaneItem.Hold(_outbox), LaneItem.Send(_outbox, TestFrames.OfWireLength(MaxBytes)));
        Turn(LaneItem.Release(_outbox, TestFrames.Text("reply")));

        Assert.Equal(CloseCodes.SlowReader, Assert.Single(_output.Frames).CloseCode);
        Assert.Equal(0, _outbox.Bytes);
    }

    [Fact]
    public void Retire_NoWritePending_IsToldAtOnceAndNothingIsWrittenAnyMore()
    {
        Turn(LaneItem.Send(_outbox, TestFrames.Text("a")), LaneItem.Retire(_outbox), LaneItem.Send(_outbox, TestFrames.Text("b")));

        Assert.Empty(_output.Writes);
        Assert.Equal([OutboxEvent.Retired], _owner.Told);
        Assert.Equal(0, _outbox.Bytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Retire_WritePending_IsToldWhenTheWriteHasEnded(bool wellEnded)
    {
        _output.Block();
        Turn(LaneItem.Send(_outbox, TestFrames.Text("a")), LaneItem.Send(_outbox, TestFrames.Text("b")));
        Turn(LaneItem.Send(_outbox, TestFrames.Text("c")), LaneItem.Retire(_outbox));
        Assert.Empty(_owner.Told);

        if (wellEnded)
        {
            _output.Unblock();
        }
        else
        {
            _output.Abort();
        }

        _scheduler.RunAll();
        Assert.Equal([OutboxEvent.Retired], _owner.Told);
        Assert.Equal(["a", "b"], _output.Texts);
        Assert.Equal(0, _outbox.Bytes);
    }

    private static int HeaderOf(SentFrame frame) => FrameWriter.HeaderSize(frame.Payload.Length);

    /// <summary>One turn with these items.</summary>
    private void Turn(params LaneItem[] items)
    {
        foreach (var item in items)
        {
            _lane.Post(item);
        }

        _scheduler.RunAll();
    }
}
