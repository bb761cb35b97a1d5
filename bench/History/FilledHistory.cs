using System.Text;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.History;

namespace WsCore.Benchmarks.History;

/// <summary>A store in memory whose rooms all keep the same number of messages, all of them the same frame, and how to talk to it without waiting.</summary>
internal sealed class FilledHistory(int size, long budget = FilledHistory.Ample)
{
    private const long Ample = 1L << 30;
    private const int MessageBytes = 1_000;

    private readonly HistoryRules _rules = new(size, TimeSpan.FromHours(1), int.MaxValue);
    private readonly SameFrameDraft _draft = new(TestFrames.OfWireLength(MessageBytes));

    public MemoryHistoryStore Store { get; } = new(new HistoryOptions { MaxBytes = budget }, TimeProvider.System);

    public static RoomName[] Rooms(int count) => [.. Enumerable.Range(0, count).Select(i => RoomName.Create(Encoding.UTF8.GetBytes($"chat:{i:D6}")))];

    /// <summary>Keeps as many messages as it may, and has let go of as many.</summary>
    public void Fill(RoomName room)
    {
        for (var i = 0; i < 2 * size; i++)
        {
            Append(room);
        }
    }

    public long Append(RoomName room) => Store.AppendAsync(room, _rules, _draft).Result.Seq;

    public HistoryPage Read(RoomName room, Position? since, int maxMessages = int.MaxValue, int maxBytes = int.MaxValue) =>
        Store.ReadAsync(room, _rules, since, maxMessages, maxBytes).Result;
}
