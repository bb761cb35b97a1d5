using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Time;

namespace WsCore.Tests.History;

/// <summary>Random appends, readings, visits and ages against a list: the ring gives what the list gives.</summary>
public sealed class MemoryHistoryModelTests
{
    private const int Rounds = 30;
    private const int Operations = 300;

    [Fact]
    public async Task RandomOperations_GiveWhatAListGives()
    {
        var forgotten = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var seed = TestSeed.Value + round;
            try
            {
                var run = new Run(new Random(seed), new ManualTimeProvider(seed));
                await run.AllAsync();
                forgotten += run.Forgotten;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}", failure);
            }
        }

        Assert.True(forgotten > 0, "no run has forgotten its room");
    }

    private sealed class Run
    {
        private static readonly RoomName Room = RoomName.Create("chat:1"u8);

        private readonly Random _random;
        private readonly ManualTimeProvider _time;
        private readonly MemoryHistoryStore _store;
        private readonly HashSet<string> _oldEpochs = [];
        private readonly List<(byte[] Wire, TimeSpan At)> _kept = [];
        private HistoryRules _rules;
        private string _epoch = "";
        private long _last;
        private TimeSpan _touched;
        private RecordingSink? _sink;
        private long _attachedAt;

        public Run(Random random, ManualTimeProvider time)
        {
            _random = random;
            _time = time;
            _store = new MemoryHistoryStore(new HistoryOptions(), time, random);
            _rules = MakeRules();
        }

        public int Forgotten { get; private set; }

        public async Task AllAsync()
        {
            _epoch = (await ReadAsync(null, 1, 1)).Epoch;
            for (var i = 0; i < Operations; i++)
            {
                if (_random.Next(4) == 0)
                {
                    _time.Advance(TimeSpan.FromMilliseconds(_random.Next(_random.Next(20) == 0 ? 60_000 : 800)));
                }

                await StepAsync();
                await CompareAsync();
            }
        }

        private async Task StepAsync()
        {
            switch (_random.Next(20))
            {
                case 0:
                    _rules = MakeRules();
                    break;
                case 1 or 2:
                    Tick();
                    break;
                case 3 when _sink is null:
                    _sink = new RecordingSink();
                    var position = await _store.AttachAsync(Room, _rules, _sink).WithTimeout();
                    Assert.Equal(new Position(_epoch, _last), position);
                    (_attachedAt, _touched) = (_last, _time.Elapsed);
                    break;
                case 4 when _sink is not null:
                    _store.Detach(Room, _sink);
                    Assert.Equal(Enumerable.Range(1, (int)(_last - _attachedAt)).Select(n => _attachedAt + n), _sink.Numbers);
                    (_sink, _touched) = (null, _time.Elapsed);
                    break;
                case < 12:
                    for (var burst = _random.Next(6) == 0 ? 60 : 1; burst > 0; burst--)
                    {
                        await AppendAsync();
                    }

                    break;
            }
        }

        private async Task AppendAsync()
        {
            var draft = new TestDraft(length: _random.Next(10) == 0 ? _random.Next(200, 3_000) : null);
            var position = await _store.AppendAsync(Room, _rules, draft).WithTimeout();
            Assert.Equal(new Position(_epoch, ++_last), position);
            _kept.Add((draft.Frame!.Wire, _time.Elapsed));
            _touched = _time.Elapsed;
            Trim();
        }

        private void Tick()
        {
            var rooms = _store.Rooms;
            _store.Tick();
            if (_store.Rooms == rooms)
            {
                return;
            }

            Assert.Null(_sink);
            Assert.True(_last == 0 || _time.Elapsed - _touched >= _rules.Ttl, "forgotten too early");
            if (_last > 0)
            {
                _oldEpochs.Add(_epoch);
                (_epoch, _last) = ("", 0);
                _kept.Clear();
                Forgotten++;
            }
        }

        private void Trim()
        {
            while (_kept.Count > 0
                && (_kept.Count > _rules.Size || _time.Elapsed - _kept[0].At >= _rules.Ttl
                    || _kept.Sum(message => message.Wire.Length + FrameRing.Overhead) > _rules.MaxBytes))
            {
                _kept.RemoveAt(0);
            }
        }

        private async Task CompareAsync()
        {
            Trim();
            var (maxMessages, maxBytes) = (_random.Next(1, 30), _random.Next(1, 5_000));
            var first = _last - _kept.Count + 1;
            Position? since = _random.Next(6) switch
            {
                0 => null,
                1 => new Position(_oldEpochs.Count > 0 ? _oldEpochs.First() : "other", _random.Next(10)),
                _ => new Position(_epoch, Math.Max(0, first + _random.Next(-3, _kept.Count + 3))),
            };
            var page = await ReadAsync(since, maxMessages, maxBytes);
            if (_epoch.Length == 0)
            {
                _epoch = page.Epoch;
                Assert.DoesNotContain(_epoch, _oldEpochs);
                since = since is { Epoch: "" } ? null : since;
                page = await ReadAsync(since, maxMessages, maxBytes);
            }

            var whole = since is not { } asked || (asked.Epoch == _epoch && asked.Seq >= first - 1 && asked.Seq <= _last);
            var from = whole && since is { } after ? after.Seq + 1 : first;
            var bytes = 0;
            var expected = _kept.Skip((int)(from - first)).Select(message => message.Wire)
                .TakeWhile((wire, i) => (bytes += wire.Length) <= maxBytes || i == 0).Take(maxMessages).ToArray();
            Assert.Equal((whole, _epoch, from, from + expected.Length - 1, _last), (page.IsWhole, page.Epoch, page.From, page.To, page.Last));
            Assert.Equal(expected, page.Frames.Select(frame => frame.Wire));
            var log = _store.Rooms == 0 ? 0 : RoomLog.Overhead + Room.Json.Length;
            Assert.Equal(log + _kept.Sum(message => message.Wire.Length + FrameRing.Overhead), _store.Bytes);
        }

        private Task<HistoryPage> ReadAsync(Position? since, int maxMessages, int maxBytes) =>
            _store.ReadAsync(Room, _rules, since, maxMessages, maxBytes).WithTimeout();

        // Times that no sum of whole milliseconds meets: the clock's timestamps round.
        private HistoryRules MakeRules() =>
            new(_random.Next(1, 150), TimeSpan.FromMilliseconds(_random.Next(1_000, 40_000) + 0.5), _random.Next(1_000, 20_000));
    }
}
