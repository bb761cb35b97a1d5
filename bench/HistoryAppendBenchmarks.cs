using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.History;
using WsCore.Benchmarks.Running;
using WsCore.Rooms;

namespace WsCore.Benchmarks;

/// <summary>Keeping messages. One operation gives one message of 1,000 bytes its number and keeps it: numbers, rings and accounts, without what making its frame costs.</summary>
public class HistoryAppendBenchmarks
{
    private const int ManyRooms = 10_000;
    private const int TooManyRooms = 100_000;
    private const long SmallBudget = 16 * 1024 * 1024;

    private FilledHistory _history = new(size: 1);
    private RoomName[] _rooms = [];
    private int _next;

    [GlobalSetup(Target = nameof(ToFullRing))]
    public void SetUpSmall() => SetUp(new FilledHistory(size: 100), rooms: 1);

    [GlobalSetup(Target = nameof(ToLargeFullRing))]
    public void SetUpLarge() => SetUp(new FilledHistory(size: 10_000), rooms: 1);

    [GlobalSetup(Target = nameof(ToOneOfManyRooms))]
    public void SetUpMany() => SetUp(new FilledHistory(size: 1), ManyRooms);

    [GlobalSetup(Target = nameof(OverTheBudget))]
    public void SetUpOverBudget()
    {
        SetUp(new FilledHistory(size: 1, SmallBudget), TooManyRooms);
        if (_history.Store.EvictedRooms < TooManyRooms / 2 || _history.Store.Bytes > SmallBudget)
        {
            throw new InvalidOperationException($"{_history.Store.EvictedRooms} rooms went, {_history.Store.Bytes} bytes are there.");
        }
    }

    [Benchmark(Description = "append to a full history of 100 messages: the oldest goes")]
    public long ToFullRing() => Append();

    [Adverse(nameof(ToFullRing))]
    [Benchmark(Description = "to a full history of 10,000 messages")]
    public long ToLargeFullRing() => Append();

    [Adverse(nameof(ToFullRing))]
    [Benchmark(Description = "to another of 10,000 rooms each time, which keep one message each")]
    public long ToOneOfManyRooms() => Append();

    /// <summary>The budget holds a tenth of the rooms, so each was forgotten before its turn comes again; each time that the budget is reached all of them are looked at, and a tenth of it is freed.</summary>
    [Adverse(nameof(ToFullRing))]
    [Benchmark(Description = "to another of 100,000 rooms each time, where all histories together may have 16 MiB: others are forgotten for it")]
    public long OverTheBudget() => Append();

    private long Append()
    {
        _next = _next + 1 < _rooms.Length ? _next + 1 : 0;
        return _history.Append(_rooms[_next]);
    }

    private void SetUp(FilledHistory history, int rooms)
    {
        (_history, _rooms) = (history, FilledHistory.Rooms(rooms));
        foreach (var room in _rooms)
        {
            _history.Fill(room);
        }
    }
}
