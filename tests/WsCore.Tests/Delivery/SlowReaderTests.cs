using WsCore.Delivery;
using WsCore.Framing;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Delivery;

/// <summary>The slow-reader rule: ephemeral messages go first, then everything unsent and the connection; what was begun is completed.</summary>
public sealed class SlowReaderTests
{
    private const int MaxBytes = 1000;

    private readonly ManualLaneScheduler _scheduler = new() { Flushes = int.MaxValue, Time = TimeSpan.MaxValue };
    private readonly RecordingOwner _owner = new();
    private readonly ScriptedOutput _output = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Lane _lane;
    private readonly Outbox _outbox;

    public SlowReaderTests()
    {
        _lane = new Lane(0, new LaneOptions(), _scheduler, _time);
        _outbox = new Outbox(_lane, _output, _owner, new OutboxBounds(MaxBytes, MaxBytes));
    }

    /// <summary>Lengths on the wire, with an e for ephemeral. The first is being written when the others come; they come one turn each.</summary>
    [Theory]
    [InlineData("100 900", "100 900", 0, 0)] // exactly full
    [InlineData("100 900e", "100 900e", 0, 0)]
    [InlineData("100 901", "100 close", 0, 1)]
    [InlineData("100 901e", "100", 1, 0)] // an ephemeral one that finds no room is the one that goes
    [InlineData("100 300 300e 300e 200", "100 300 200", 2, 0)] // all ephemeral ones go, not just enough
    [InlineData("100 300e 300 300 200e", "100 300e 300 300", 1, 0)] // it does not push out those that were there first
    [InlineData("100 900 10e", "100 900", 1, 0)]
    [InlineData("100 500 400 10", "100 close", 0, 3)]
    [InlineData("100 300e 600 400", "100 close", 1, 2)]
    [InlineData("100 300e 600 400 10 10e", "100 close", 1, 2)] // after it nothing is taken, or counted as dropped
    [InlineData("100e 500e 500", "100e 500", 1, 0)] // what is being written is not dropped, ephemeral or not
    [InlineData("1000 10", "1000 close", 0, 1)]
    [InlineData("1000 10e", "1000", 1, 0)]
    public void Rule(string frames, string written, int droppedEphemeral, int droppedSlow)
    {
        _output.Block();
        foreach (var frame in frames.Split(' '))
        {
            _lane.Post(LaneItem.Send(_outbox, Parse(frame)));
            Assert.InRange(_outbox.Bytes, 0, MaxBytes);
        }

        _output.Unblock();

        Assert.Equal(written.Replace("e ", " ", StringComparison.Ordinal).TrimEnd('e').Replace("clos", "close", StringComparison.Ordinal), Written());
        Assert.Equal(droppedEphemeral, _lane.Counters.DroppedEphemeral);
        Assert.Equal(droppedSlow, _lane.Counters.DroppedSlow);
        Assert.Equal(droppedSlow > 0 ? 1 : 0, _lane.Counters.SlowReaders);
        Assert.Equal(droppedSlow > 0 ? [OutboxEvent.Overflowed, OutboxEvent.CloseWritten] : [], _owner.Told);
        Assert.Equal(0, _outbox.Bytes);
    }

    [Fact]
    public void FrameLongerThanTheOutbox_ClosesEvenAnIdleReader()
    {
        _lane.Post(LaneItem.Send(_outbox, TestFrames.OfWireLength(MaxBytes + 1)));

        Assert.Equal("close", Written());
        Assert.Equal(1, _lane.Counters.DroppedSlow);
    }

    [Fact]
    public void Overflow_IsToldBeforeTheCloseFrameIsOut()
    {
        _output.Block();
        _lane.Post(LaneItem.Send(_outbox, TestFrames.OfWireLength(MaxBytes)));
        _lane.Post(LaneItem.Send(_outbox, TestFrames.OfWireLength(MaxBytes)));

        Assert.Equal([OutboxEvent.Overflowed], _owner.Told);
        Assert.Single(_output.Writes);
    }

    [Fact]
    public void Overflow_PongsThatWaitGoToo()
    {
        _output.Block();
        _lane.Post(LaneItem.Send(_outbox, TestFrames.OfWireLength(MaxBytes)));
        _lane.Post(LaneItem.ControlPong(_outbox, TestFrames.Pong("p")));
        _lane.Post(LaneItem.Send(_outbox, TestFrames.OfWireLength(10)));
        _output.Unblock();

        Assert.Equal($"{MaxBytes} close", Written());
    }

    [Fact]
    public void OneSlowReader_TheOthersGetEverything()
    {
        var fast = new ScriptedOutput();
        var fastOutbox = new Outbox(_lane, fast, new RecordingOwner(), new OutboxBounds(MaxBytes, MaxBytes));
        _output.Block();
        for (var i = 0; i < 100; i++)
        {
            _lane.Post(LaneItem.DeliverEach([_outbox, fastOutbox], TestFrames.OfWireLength(100)));
        }

        Assert.Equal(100, fast.Frames.Count);
        _output.Unblock();
        Assert.Equal("100 close", Written());
    }

    [Fact]
    public void AReaderThatTakesEverything_IsNotSlow_HoweverMuchComesInOneTurn()
    {
        var output = new ScriptedOutput();
        var outbox = new Outbox(_lane, output, new RecordingOwner(), new OutboxBounds(MaxBytes, MaxBytes));
        var part = new Part(_lane);
        _lane.Post(LaneItem.Enter(new Subscription(part, outbox)));
        output.OnWrite = () =>
        {
            output.OnWrite = null; // in a turn, so that the rest is one backlog
            for (var i = 0; i < 20; i++)
            {
                _lane.Post(LaneItem.Deliver(part, TestFrames.OfWireLength(600), null));
            }
        };
        _lane.Post(LaneItem.Deliver(part, TestFrames.OfWireLength(100), null));
        _scheduler.RunAll();

        Assert.Equal(21, output.Frames.Count);
        Assert.Equal(0, _lane.Counters.SlowReaders);
    }

    [Fact]
    public void AWriteThatFailsWhileRoomIsMade_IsNoSlowReader()
    {
        var output = new ScriptedOutput();
        var owner = new RecordingOwner();
        var outbox = new Outbox(_lane, output, owner, new OutboxBounds(MaxBytes, MaxBytes));
        Outbox[] twice = [outbox, outbox]; // both frames come in one turn, the second over the bound
        output.Refuse();
        _lane.Post(LaneItem.DeliverEach(twice, TestFrames.OfWireLength(900)));

        Assert.Equal(0, _lane.Counters.SlowReaders);
        Assert.Equal(0, outbox.Bytes);
    }

    [Fact]
    public void AReaderThatABurstHasOvertaken_IsSlowOnlyAfterASecondWithoutProgress()
    {
        var owner = new RecordingOwner();
        var outbox = new Outbox(_lane, _output, owner, new OutboxBounds(1000, 3000));
        _output.Block();
        Send(900);
        Send(900); // over the bound for one that stands still; the write has only just begun
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Send(900);
        Assert.Equal(0, _lane.Counters.SlowReaders);

        _time.Advance(TimeSpan.FromSeconds(0.2));
        Send(1);
        Assert.Equal(1, _lane.Counters.SlowReaders);

        void Send(int bytes) => _lane.Post(LaneItem.Send(outbox, TestFrames.OfWireLength(Math.Max(bytes, 2))));
    }

    [Theory]
    [InlineData("500e 400 200", "400 200", 1)]
    [InlineData("500e 500e 10e", "500e 500e", 1)]
    public void EphemeralOnesThatAreHeld_GoToo(string frames, string written, int dropped)
    {
        _lane.Post(LaneItem.Hold(_outbox));
        foreach (var frame in frames.Split(' '))
        {
            _lane.Post(LaneItem.Send(_outbox, Parse(frame)));
        }

        _lane.Post(LaneItem.Release(_outbox, null));

        Assert.Equal(written.Replace("e", "", StringComparison.Ordinal), Written());
        Assert.Equal(dropped, _lane.Counters.DroppedEphemeral);
    }

    private static Frame Parse(string frame) =>
        TestFrames.OfWireLength(int.Parse(frame.TrimEnd('e'), System.Globalization.CultureInfo.InvariantCulture), frame.EndsWith('e'));

    private string Written() => string.Join(' ', _output.Frames.Select(frame => frame.Opcode == Opcode.Close
        ? frame.CloseCode == CloseCodes.SlowReader ? "close" : $"close {frame.CloseCode}"
        : $"{FrameWriter.HeaderSize(frame.Payload.Length) + frame.Payload.Length}"));
}
