using System.Text;
using BenchmarkDotNet.Attributes;
using WsCore.Delivery;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;
using WsCore.TestKit.Delivery;

namespace WsCore.Benchmarks;

/// <summary>Keeping messages and giving them again: numbers, rings and accounts, without what making a frame costs.</summary>
public class HistoryBenchmarks
{
    private const int MessageBytes = 1_000;
    private const int Replayed = 1_000;
    private const int StepBytes = 256 * 1024;
    private const int ManyRooms = 10_000;

    private static readonly RoomName Room = RoomName.Create("chat:1"u8);

    private static readonly HistoryRules One = new(Size: 1, TimeSpan.FromHours(1), MaxBytes: 1 << 30);
    private static readonly HistoryRules Small = One with { Size = 100 };
    private static readonly HistoryRules Medium = One with { Size = Replayed };
    private static readonly HistoryRules Large = One with { Size = 10_000 };

    private readonly SameFrame _draft = new(TestFrames.OfWireLength(MessageBytes));
    private readonly RoomName[] _rooms = [.. Enumerable.Range(0, ManyRooms).Select(i => RoomName.Create(Encoding.UTF8.GetBytes($"one:{i}")))];
    private MemoryHistoryStore _store = MakeStore();
    private int _next;

    [GlobalSetup(Target = nameof(AppendToFullRingOf100))]
    public void Fill100() => Fill(Small);

    [GlobalSetup(Target = nameof(AppendToFullRingOf10000))]
    public void Fill10000() => Fill(Large);

    [GlobalSetup(Target = nameof(Replay1000))]
    public void Fill1000() => Fill(Medium);

    [GlobalSetup(Targets = [nameof(AppendToOneOfManyRooms), nameof(ReadOneOfManyRooms)])]
    public void FillMany()
    {
        _store = MakeStore();
        foreach (var room in _rooms)
        {
            Append(room, One);
        }
    }

    /// <summary>One message, for which the oldest goes.</summary>
    [Benchmark]
    public long AppendToFullRingOf100() => Append(Room, Small);

    /// <inheritdoc cref="AppendToFullRingOf100"/>
    [Benchmark]
    public long AppendToFullRingOf10000() => Append(Room, Large);

    /// <summary>The adverse twin: each time another of 10,000 rooms that keep one message each, so that nothing is in a cache.</summary>
    [Benchmark]
    public long AppendToOneOfManyRooms() => Append(Next(), One);

    /// <summary>1,000 messages of 1,000 bytes after a position, in steps of 256 KiB.</summary>
    [Benchmark]
    public long Replay1000()
    {
        var page = Read(Room, Medium, new Position(Read(Room, Medium, null, maxMessages: 1).Epoch, 0));
        while (page.HasMore)
        {
            page = Read(Room, Medium, new Position(page.Epoch, page.To));
        }

        return page.To;
    }

    /// <summary>The adverse twin: one message of each time another of 10,000 rooms.</summary>
    [Benchmark]
    public long ReadOneOfManyRooms() => Read(Next(), One, since: null).To;

    private static MemoryHistoryStore MakeStore() => new(new HistoryOptions(), TimeProvider.System);

    private RoomName Next() => _rooms[_next = (_next + 1) % ManyRooms];

    private void Fill(HistoryRules rules)
    {
        _store = MakeStore();
        for (var i = 0; i < rules.Size; i++)
        {
            Append(Room, rules);
        }
    }

    private long Append(RoomName room, HistoryRules rules) => _store.AppendAsync(room, rules, _draft).Result.Seq;

    private HistoryPage Read(RoomName room, HistoryRules rules, Position? since, int maxMessages = int.MaxValue) =>
        _store.ReadAsync(room, rules, since, maxMessages, StepBytes).Result;

    private sealed class SameFrame(Frame frame) : Draft
    {
        public override (Frame Frame, NumberSlot Slot) Outline(string epoch, int digits) => (frame, default);

        public override Frame Number(string epoch, long seq) => frame;
    }
}
