using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.History;
using WsCore.Benchmarks.Running;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Benchmarks;

/// <summary>Giving messages of 1,000 bytes again. One operation is one member that catches up: it asks for steps of 256 KiB until there is nothing newer. Nothing is sent.</summary>
public class HistoryReplayBenchmarks
{
    private const int Kept = 1_000;
    private const int Recent = 10;
    private const int ManyRooms = 10_000;
    private const int StepBytes = 256 * 1024;

    private FilledHistory _history = new(Kept);
    private RoomName[] _rooms = [];
    private Position[] _since = [];
    private int _missed;
    private int _next;

    [GlobalSetup(Target = nameof(Last))]
    public void SetUpLast() => SetUp(Kept, rooms: 1, Recent);

    [GlobalSetup(Target = nameof(LastOfManyRooms))]
    public void SetUpManyRooms() => SetUp(Recent, ManyRooms, Recent);

    [GlobalSetup(Targets = [nameof(All), nameof(OneByOne)])]
    public void SetUpAll() => SetUp(Kept, rooms: 1, Kept);

    [GlobalSetup(Target = nameof(TooOld))]
    public void SetUpTooOld() => SetUp(Kept, rooms: 1, Kept + 1);

    [Benchmark(Description = "the last 10 messages of 1,000")]
    public int Last() => CatchUp();

    [Adverse(nameof(Last))]
    [Benchmark(Description = "the last 10 messages of another of 10,000 rooms each time")]
    public int LastOfManyRooms() => CatchUp();

    [Benchmark(Description = "all 1,000 messages, from the oldest that is kept")]
    public int All() => CatchUp();

    [Adverse(nameof(All))]
    [Benchmark(Description = "the same in steps of one message, as where each is larger than a step")]
    public int OneByOne() => CatchUp(maxMessages: 1);

    /// <summary>The page has what is kept all the same, because whoever asks for <c>history</c> gets it; a <c>join</c> does not use it.</summary>
    [Adverse(nameof(All))]
    [Benchmark(Description = "one message more than is kept: a page that is not whole")]
    public bool TooOld() =>
        _history.Read(_rooms[0], _since[0], maxBytes: StepBytes) is { IsWhole: false } page ? page.HasMore : throw new InvalidOperationException("It is whole.");

    private int CatchUp(int maxMessages = int.MaxValue)
    {
        _next = _next + 1 < _rooms.Length ? _next + 1 : 0;
        var (room, since, read) = (_rooms[_next], _since[_next], 0);
        HistoryPage page;
        do
        {
            page = _history.Read(room, since, maxMessages, StepBytes);
            since = new Position(page.Epoch, page.To);
            read += page.Frames.Length;
        }
        while (page.HasMore);

        return read == _missed ? read : throw new InvalidOperationException($"{read} messages, not {_missed}.");
    }

    private void SetUp(int size, int rooms, int missed)
    {
        (_history, _rooms, _missed) = (new FilledHistory(size), FilledHistory.Rooms(rooms), missed);
        foreach (var room in _rooms)
        {
            _history.Fill(room);
        }

        _since = [.. _rooms.Select(room => _history.Read(room, since: null)).Select(page => new Position(page.Epoch, page.Last - missed))];
    }
}
