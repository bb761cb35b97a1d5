using WsCore.History;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Time;

namespace WsCore.Tests.History;

/// <summary>The memory of one node does what every history does.</summary>
public sealed class MemoryHistoryStoreTests : HistoryStoreSpecification
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryHistoryStore _store;

    public MemoryHistoryStoreTests() => _store = new MemoryHistoryStore(new HistoryOptions(), _time);

    private protected override IHistoryStore Store => _store;

    private protected override ValueTask PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        _store.Tick();
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask ForgetAsync(RoomName room, HistoryRules rules) => PassAsync(rules.Ttl + TimeSpan.FromSeconds(20));
}
