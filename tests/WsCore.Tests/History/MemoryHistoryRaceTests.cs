using System.Collections.Concurrent;
using System.Text;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Time;

namespace WsCore.Tests.History;

/// <summary>Rooms are forgotten, by age and by a budget that is always exceeded, while others publish to them, enter, leave and read.</summary>
public sealed class MemoryHistoryRaceTests
{
    private const int Rooms = 12;
    private const int Appends = 4_000;

    private static readonly HistoryRules Rules = new(Size: 50, TimeSpan.FromSeconds(1), MaxBytes: 1 << 20);

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryHistoryStore _store;
    private readonly ConcurrentDictionary<(RoomName Room, Position Position), bool> _given = new();

    public MemoryHistoryRaceTests() => _store = new MemoryHistoryStore(new HistoryOptions { MaxBytes = 8_192 }, _time, TestSeed.CreateRandom());

    [Fact]
    public async Task ForgettingBesideEverythingElse_NoPositionIsGivenTwiceAndNoSinkMissesAnything()
    {
        var names = Enumerable.Range(0, Rooms).Select(i => RoomName.Create(Encoding.UTF8.GetBytes($"chat:{i}"))).ToArray();
        var done = 0;
        var publishers = Enumerable.Range(0, 2).Select(n => Run(n, async random =>
        {
            try
            {
                for (var i = 0; i < Appends; i++)
                {
                    await AppendAsync(names[random.Next(Rooms)], random.Next(130, 400));
                }
            }
            finally
            {
                Interlocked.Increment(ref done); // or the others would go on for ever
            }
        }));
        var visitors = Enumerable.Range(0, 2).Select(n => Run(10 + n, async random =>
        {
            while (Volatile.Read(ref done) < 2)
            {
                await VisitAsync(names[(random.Next(Rooms / 2) * 2) + n]); // a room has one sink: each visitor has its own rooms
            }
        }));
        var readers = Run(20, async random =>
        {
            while (Volatile.Read(ref done) < 2)
            {
                await ReadAsync(names[random.Next(Rooms)], random);
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(200)));
                _store.Tick();
            }
        });

        await Task.WhenAll([.. publishers, .. visitors, readers]).WithTimeout();

        Assert.True(_store.EvictedRooms > 0 || _store.EvictedMessages > 0);
        Assert.True(_given.Keys.GroupBy(given => given.Room).Any(room => room.Select(given => given.Position.Epoch).Distinct().Count() > 1), "no room was ever forgotten");
        foreach (var life in _given.Keys.GroupBy(given => (given.Room, given.Position.Epoch)))
        {
            Assert.Equal(Enumerable.Range(1, life.Count()).Select(seq => (long)seq), life.Select(given => given.Position.Seq).Order());
        }

        _time.Advance(TimeSpan.FromSeconds(20));
        _store.Tick();
        Assert.Equal((0, 0), (_store.Rooms, _store.Bytes));
    }

    private async Task<Position> AppendAsync(RoomName room, int length)
    {
        var draft = new TestDraft(length: length);
        var position = await _store.AppendAsync(room, Rules, draft);
        Assert.Equal(1, draft.Numbered);
        Assert.True(_given.TryAdd((room, position), true), $"{room} {position} was given twice");
        return position;
    }

    private async Task VisitAsync(RoomName room)
    {
        var sink = new RecordingSink();
        var position = await _store.AttachAsync(room, Rules, sink);
        var own = await AppendAsync(room, 50);
        var page = await _store.ReadAsync(room, Rules, position, int.MaxValue, int.MaxValue);
        _store.Detach(room, sink);

        Assert.Equal(position.Epoch, page.Epoch); // it cannot be forgotten while somebody is in
        Assert.All(sink.Deliveries, delivery => Assert.Equal(position.Epoch, delivery.Epoch));
        Assert.Contains(own.Seq, sink.Numbers);
        Assert.Equal(Enumerable.Range(1, sink.Numbers.Length).Select(n => position.Seq + n), sink.Numbers);
    }

    private async Task ReadAsync(RoomName room, Random random)
    {
        var known = await _store.ReadAsync(room, Rules, null, int.MaxValue, int.MaxValue);
        var page = await _store.ReadAsync(room, Rules, new Position(known.Epoch, known.Last), random.Next(1, 10), 1_000);

        Assert.Equal(page.From + page.Frames.Length - 1, page.To);
        Assert.InRange(page.To, page.From - 1, page.Last);
        Assert.True(!page.IsWhole || (page.Epoch == known.Epoch && page.From == known.Last + 1));
    }

    private static Task Run(int number, Func<Random, Task> body) => Task.Run(() => body(new Random(TestSeed.Value + number)));
}
