using WsCore.Delivery;
using WsCore.Framing;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Delivery;

/// <summary>Random operations on an outbox beside a model that is simple enough to be right.</summary>
public sealed class OutboxModelTests
{
    private const int Rounds = 300;
    private const int Operations = 400;
    private const int MaxBytes = 4000;
    private const int ReservedBytes = 2 * 127; // two pongs may share a write that fills the bound

    [Fact]
    public void RandomOperations_KeepOrderAndBoundAndLoseNothingWithinIt()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var seed = TestSeed.Value + round;
            try
            {
                new Run(new Random(seed)).All();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}", failure);
            }
        }
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly ManualLaneScheduler _scheduler = new();
        private readonly ScriptedOutput _output = new();
        private readonly RecordingOwner _owner = new();
        private readonly Lane _lane;
        private readonly Outbox _outbox;

        // the model: names of frames in the order in which they must come out
        private readonly List<string> _accepted = [];
        private readonly List<string> _held = [];
        private readonly HashSet<string> _ephemeral = [];
        private bool _holding;
        private bool _closed;
        private int _next;

        public Run(Random random)
        {
            _random = random;
            _lane = new Lane(0, new LaneOptions(), _scheduler, new ManualTimeProvider());
            _outbox = new Outbox(_lane, _output, _owner, new OutboxBounds(MaxBytes, MaxBytes));
        }

        public void All()
        {
            var mayClose = _random.Next(2) == 0;
            for (var i = 0; i < Operations && !_closed; i++)
            {
                Step(mayClose && _random.Next(100) == 0);
                Assert.InRange(_outbox.Bytes, 0, MaxBytes + ReservedBytes);
            }

            if (_holding && !_closed)
            {
                Release(null);
            }

            _output.Unblock();
            _scheduler.RunAll();
            Check();
        }

        private void Step(bool close)
        {
            switch (close ? 9 : _random.Next(9))
            {
                case 0:
                    _output.Block();
                    break;
                case 1:
                    _output.CompleteOne();
                    break;
                case 2:
                    _output.Unblock();
                    _scheduler.RunAll();
                    break;
                case 3:
                    _lane.Post(LaneItem.ControlPong(_outbox, TestFrames.Pong("pong")));
                    break;
                case 4:
                    if (_holding)
                    {
                        Release(_random.Next(2) == 0 ? Make(ephemeral: false) : null);
                    }
                    else
                    {
                        _holding = true;
                        _lane.Post(LaneItem.Hold(_outbox));
                    }

                    break;
                case 5:
                    _scheduler.RunAll();
                    break;
                case 9:
                    _closed = true;
                    if (_holding)
                    {
                        Release(null);
                    }

                    _lane.Post(LaneItem.Close(_outbox, TestFrames.Close(CloseCodes.Normal)));
                    break;
                default:
                    var (frame, name) = Make(ephemeral: _random.Next(3) == 0);
                    (_holding ? _held : _accepted).Add(name);
                    _lane.Post(LaneItem.Send(_outbox, frame));
                    break;
            }
        }

        private void Release((Frame Frame, string Name)? reply)
        {
            _holding = false;
            if (reply is { } answer)
            {
                _accepted.Add(answer.Name);
            }

            _accepted.AddRange(_held);
            _held.Clear();
            _lane.Post(LaneItem.Release(_outbox, reply?.Frame));
        }

        private (Frame Frame, string Name) Make(bool ephemeral)
        {
            var name = $"{_next++}{new string('.', _random.Next(10) == 0 ? _random.Next(2000) : _random.Next(50))}";
            if (ephemeral)
            {
                _ephemeral.Add(name);
            }

            return (TestFrames.Text(name, ephemeral), name);
        }

        private void Check()
        {
            var frames = _output.Frames;
            var slow = _lane.Counters.SlowReaders > 0;
            Assert.False(_output.Overlapped);
            Assert.Equal(0, _outbox.Bytes);
            Assert.Equal(slow || _closed, frames.Count > 0 && frames[^1].Opcode == Opcode.Close);
            Assert.Equal(slow || _closed ? 1 : 0, frames.Count(frame => frame.Opcode == Opcode.Close));

            // What came out is what went in, in order, less what the counters say was dropped.
            var texts = _output.Texts;
            var dropped = 0;
            var at = 0;
            foreach (var name in _accepted)
            {
                if (at < texts.Count && texts[at] == name)
                {
                    at++;
                    continue;
                }

                Assert.True(slow || _ephemeral.Contains(name), $"lost: {name[..Math.Min(9, name.Length)]}");
                dropped++;
            }

            Assert.Equal(texts.Count, at);
            if (!slow)
            {
                Assert.Equal(_lane.Counters.DroppedEphemeral, dropped);
                Assert.Equal(0, _lane.Counters.DroppedSlow);
                Assert.DoesNotContain(OutboxEvent.Overflowed, _owner.Told);
            }
            else
            {
                Assert.Single(_owner.Told, OutboxEvent.Overflowed);
                Assert.Equal(CloseCodes.SlowReader, frames[^1].CloseCode);
            }
        }
    }
}
