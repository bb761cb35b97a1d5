using System.Text;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Reliability;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Time;

namespace WsCore.Tests.History;

/// <summary>All histories of a node together stay within what they may take, and those lose first that were silent for longest.</summary>
public sealed class MemoryHistoryBudgetTests
{
    private const int Budget = 65_536;

    private static readonly HistoryRules Rules = new(Size: 1_000, TimeSpan.FromMinutes(10), MaxBytes: 1 << 20);

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryHistoryStore _store;

    public MemoryHistoryBudgetTests() => _store = new MemoryHistoryStore(new HistoryOptions { MaxBytes = Budget }, _time);

    [Fact]
    public async Task Append_OverTheBudget_TheSilentRoomLosesItsOldestMessages()
    {
        for (var room = 0; room < 3; room++)
        {
            await AppendAsync(room, messages: 6, length: 3_000); // 18,720 bytes and the log's
        }

        await AppendAsync(2, messages: 3, length: 3_000);

        Assert.Equal((4, 6), await RangeAsync(0)); // a tenth is free again, and no message more is lost
        Assert.Equal((1, 6), await RangeAsync(1));
        Assert.Equal((1, 9), await RangeAsync(2));
        Assert.Equal(3, _store.EvictedMessages);
        Assert.Equal(0, _store.EvictedRooms);
        Assert.InRange(_store.Bytes, 0, Budget);
    }

    [Fact]
    public void ReliableMessages_CountTwice_BecauseTheirRepetitionIsKeptWithThem()
    {
        var frame = Frame.Create(Opcode.Text, 1_000, 0, static (payload, _) => payload.Fill((byte)' '), numbered: true, reliable: ReliableMessage.Make());
        var ring = new FrameRing();
        ring.Add(frame, at: 0);

        Assert.InRange(ring.Bytes, frame.Length + frame.Reliable!.Frame(frame, attempt: 2).Length, 3 * frame.Length);
        ring.RemoveOldest();
        Assert.Equal(0, ring.Bytes);
    }

    [Fact]
    public async Task Append_ToOneRoomAlone_LosesItsOldest()
    {
        var last = await AppendAsync(0, messages: 100, length: 3_000);

        var page = await ReadAsync(0, last with { Seq = 95 });

        Assert.True(page.IsWhole);
        Assert.Equal((96, 100), (page.From, page.To));
        Assert.InRange(_store.Bytes, Budget / 2, Budget);
        Assert.Equal(1, _store.Rooms);
    }

    [Fact]
    public async Task Evicted_PositionOfWhatIsGoneIsNotWholeAndTheCounterGoesOn()
    {
        var last = await AppendAsync(0, messages: 2, length: 3_000);
        await AppendAsync(1, messages: 20, length: 3_000);

        Assert.Equal((3, 2), await RangeAsync(0));
        Assert.False((await ReadAsync(0, last with { Seq = 1 })).IsWhole);
        Assert.True((await ReadAsync(0, last)).IsWhole); // it has them all
        Assert.Equal(last with { Seq = 3 }, await AppendAsync(0, messages: 1, length: 100));
    }

    [Fact]
    public async Task Append_OverTheBudget_RoomsWhoseTimeIsOverAreForgottenWholly()
    {
        var old = await AppendAsync(0, messages: 1, length: 3_000);
        _time.Advance(Rules.Ttl * 1.1);
        await AppendAsync(1, messages: 20, length: 3_000); // no tick came

        Assert.Equal(1, _store.EvictedRooms);
        Assert.NotEqual(old.Epoch, (await ReadAsync(0)).Epoch);
    }

    [Fact]
    public async Task Append_RoomAfterRoom_TheirNumberIsBoundedToo()
    {
        for (var room = 0; room < 5_000; room++)
        {
            await AppendAsync(room, messages: 1, length: 10);
            Assert.InRange(_store.Bytes, 0, Budget);
        }

        Assert.InRange(_store.Rooms, 80, Budget / RoomLog.Overhead);
        Assert.True(_store.EvictedRooms > 4_500);
        Assert.Equal((1, 1), await RangeAsync(4_999));
    }

    [Fact]
    public async Task Append_RoomsWithPeopleIn_KeepTheirCounters()
    {
        var sinks = new List<RecordingSink>();
        for (var room = 0; room < 200; room++)
        {
            sinks.Add(new RecordingSink());
            await _store.AttachAsync(Room(room), Rules, sinks[room]).WithTimeout(); // alone more than the budget
        }

        var (first, second) = (await AppendAsync(7, messages: 1, length: 10), await AppendAsync(7, messages: 300, length: 1_000));

        Assert.Equal(200, _store.Rooms);
        Assert.Equal(first with { Seq = 301 }, second);
        Assert.Equal(Enumerable.Range(1, 301).Select(seq => (long)seq), sinks[7].Numbers);
        Assert.InRange(_store.Bytes, 0, 200 * (RoomLog.Overhead + 16) + (Budget / 10) + 2_000); // the next try waits for another tenth, or for 10 s
        _time.Advance(TimeSpan.FromSeconds(11));
        _store.Tick();
        Assert.InRange(_store.Bytes, 0, 200 * (RoomLog.Overhead + 16));
    }

    [Fact]
    public async Task Attach_RoomAfterRoom_LeavesNothing()
    {
        for (var room = 0; room < 1_000; room++)
        {
            var sink = new RecordingSink();
            await _store.AttachAsync(Room(room), Rules, sink).WithTimeout();
            _store.Detach(Room(room), sink);
        }

        Assert.Equal((0, 0), (_store.Rooms, _store.Bytes));
        Assert.Equal(0, _store.EvictedRooms);
    }

    [Fact]
    public async Task Tick_DropsAndForgetsWithoutAnybodyAsking()
    {
        var sink = new RecordingSink();
        await _store.AttachAsync(Room(0), Rules, sink).WithTimeout();
        var attached = await AppendAsync(0, messages: 3, length: 3_000);
        var alone = await AppendAsync(1, messages: 3, length: 3_000);
        _time.Advance(Rules.Ttl * 0.9);
        _store.Tick();
        Assert.InRange(_store.Bytes, 18_000, Budget);

        _time.Advance(Rules.Ttl * 0.2);
        _store.Tick();

        Assert.Equal(1, _store.Rooms);
        Assert.InRange(_store.Bytes, RoomLog.Overhead, RoomLog.Overhead + 10);
        Assert.True((await ReadAsync(0, attached)).IsWhole);
        Assert.False((await ReadAsync(1, alone)).IsWhole);
        _store.Detach(Room(0), sink);
        _time.Advance(Rules.Ttl * 1.1);
        _store.Tick();
        Assert.Equal((0, 0), (_store.Rooms, _store.Bytes));
        Assert.Equal((0, 0), (_store.EvictedMessages, _store.EvictedRooms)); // time took them, not the budget
    }

    [Fact]
    public async Task Append_DraftThatCannotBeNumbered_LeavesNothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(
            () => _store.AppendAsync(Room(0), Rules, new TestDraft { Failure = new InvalidDataException() }).WithTimeout());
        _time.Advance(TimeSpan.FromSeconds(20));
        _store.Tick();

        Assert.Equal((0, 0), (_store.Rooms, _store.Bytes));
    }

    [Fact]
    public async Task Append_OneMessageAboveTheRoomsBytes_IsDeliveredAndNotKept()
    {
        var rules = Rules with { MaxBytes = 4_096 };
        await _store.AppendAsync(Room(0), rules, new TestDraft(length: 100)).WithTimeout();
        var sink = new RecordingSink();
        await _store.AttachAsync(Room(0), rules, sink).WithTimeout();
        var position = await _store.AppendAsync(Room(0), rules, new TestDraft(length: 5_000)).WithTimeout();

        Assert.Equal([2], sink.Numbers);
        Assert.Equal((3, 2), await RangeAsync(0));
        Assert.False((await ReadAsync(0, position with { Seq = 1 })).IsWhole);
    }

    private static RoomName Room(int number) => RoomName.Create(Encoding.UTF8.GetBytes($"chat:{number}"));

    private async Task<Position> AppendAsync(int room, int messages, int length)
    {
        Position last = default;
        for (var i = 0; i < messages; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            last = await _store.AppendAsync(Room(room), Rules, new TestDraft(length: length)).WithTimeout();
        }

        return last;
    }

    private Task<HistoryPage> ReadAsync(int room, Position? since = null) =>
        _store.ReadAsync(Room(room), Rules, since, int.MaxValue, int.MaxValue).WithTimeout();

    private async Task<(long From, long To)> RangeAsync(int room)
    {
        var page = await ReadAsync(room);
        return (page.From, page.To);
    }
}
