using WsCore.History;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Time;

namespace WsCore.Tests.History;

public sealed class RoomLogTests
{
    private static readonly RoomName Room = RoomName.Create("chat:1"u8);
    private static readonly HistoryRules Rules = new(Size: 10, TimeSpan.FromMinutes(10), MaxBytes: 1 << 20);

    private readonly EpochTable _epochs = new(new Random(1));
    private readonly HistoryAccount _account = new();
    private readonly ManualTimeProvider _time = new();
    private int _forgotten;

    [Fact]
    public void TryAppend_LogThatWasMadeWhileTheLifeBeforeItWasStillOn_HasAnotherEpoch()
    {
        var before = Create();
        var waiting = Create(); // made by a thread that stopped before it could offer it to the store
        Assert.True(before.TryAppend(Rules, new TestDraft(), out var old));
        Assert.True(before.Forget(evenIfRecent: true, out _));

        Assert.True(waiting.TryAppend(Rules, new TestDraft(), out var position));

        Assert.NotEqual(old.Epoch, position.Epoch);
    }

    [Fact]
    public void Forgotten_DoesNothingAnyMore()
    {
        var log = Create();
        var draft = new TestDraft();
        log.TryAppend(Rules, new TestDraft(), out _);
        Assert.True(log.Forget(evenIfRecent: true, out var messages));

        Assert.Equal(1, messages);
        Assert.False(log.TryAppend(Rules, draft, out _));
        Assert.False(log.TryAttach(Rules, new RecordingSink(), out _));
        Assert.False(log.TryRead(Rules, null, 1, 1, out _));
        Assert.False(log.Forget(evenIfRecent: true, out _));
        Assert.Equal((0, 0, 1), (draft.Numbered, _account.Bytes, _forgotten));
    }

    [Fact]
    public void Forget_SomebodyIsIn_Never()
    {
        var log = Create();
        var sink = new RecordingSink();
        log.TryAttach(Rules, sink, out _);
        log.TryAppend(Rules, new TestDraft(), out _);
        _time.Advance(Rules.Ttl * 3);

        Assert.False(log.Forget(evenIfRecent: true, out _));
        log.Detach(sink);
        Assert.False(log.Forget(evenIfRecent: false, out _)); // they have just left
        Assert.True(log.Forget(evenIfRecent: true, out _));
    }

    [Fact]
    public void Forget_RoomThatNeverHadAMessage_KeepsItsEpoch()
    {
        var log = Create();
        var sink = new RecordingSink();
        log.TryAttach(Rules, sink, out var position);
        log.Detach(sink);

        Assert.Equal(1, _forgotten);
        Assert.Equal(position.Epoch, _epochs.Current(Room));
    }

    private RoomLog Create() => new(Room, _epochs, _account, _time, _ => _forgotten++);
}
