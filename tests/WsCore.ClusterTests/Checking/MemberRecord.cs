using System.Globalization;

namespace WsCore.ClusterTests.Checking;

/// <summary>What one client saw of one room.</summary>
internal sealed class MemberRecord(RoomRecord room)
{
    private const int Kept = 12;

    private readonly Queue<Line> _tail = new(Kept);

    public RoomRecord Room => room;

    public bool IsJoined { get; set; }

    /// <summary>Whether it has been a member without a break since calm began.</summary>
    public bool IsJoinedSinceCalm { get; set; }

    /// <summary>The client's position by the rules of the protocol.</summary>
    public RoomPosition? Position { get; set; }

    /// <summary>Where the room was when the client joined it last: until it is there it catches up.</summary>
    public RoomPosition? Start { get; set; }

    public bool CatchesUp => Position is { } at && Start is { } start && at.Epoch == start.Epoch && at.Seq < start.Seq;

    public HashSet<string> EpochsLeft { get; } = new(StringComparer.Ordinal);

    /// <summary>Own messages that were answered without a place in the order, so that their number is missing here.</summary>
    public HashSet<MessageId> WithoutPlace { get; } = [];

    /// <summary>Numbers that were jumped over: they are judged when it is known whose they are.</summary>
    public List<Gap> Gaps { get; } = [];

    /// <summary>In a room without history: the last message of each connection of each sender.</summary>
    public Dictionary<(int Client, int Connection), int> Last { get; } = [];

    public HashSet<MessageId> Calm { get; } = [];

    /// <summary>Who is there, put together from the join's answer and the announcements after it; true where an announcement told it.</summary>
    public Dictionary<string, bool> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>What the newest announcement, or the join's answer, counted.</summary>
    public int Count { get; set; }

    /// <summary>The last that the client saw of the room.</summary>
    public string Tail => string.Join('\n', _tail);

    public void Note(in Line line)
    {
        if (_tail.Count == Kept)
        {
            _tail.Dequeue();
        }

        _tail.Enqueue(line);
    }

    /// <summary>One event, put into words only where they are needed.</summary>
    /// <param name="Time">Since the start.</param>
    /// <param name="Text">What happened; null: a message came.</param>
    /// <param name="Position">Where it stands.</param>
    /// <param name="Id">Which message.</param>
    internal readonly record struct Line(TimeSpan Time, string? Text, RoomPosition? Position = null, MessageId? Id = null)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"    {Time.TotalSeconds:0.000} {Position?.ToString() ?? "-"} {Text} {Id?.ToString() ?? ""}");
    }

    /// <param name="Epoch">Of which epoch.</param>
    /// <param name="From">The first that is missing.</param>
    /// <param name="To">The last.</param>
    /// <param name="IsBeginning">Of an epoch that began while the client was a member.</param>
    /// <param name="Evidence">What the client saw before.</param>
    internal sealed record Gap(EpochRecord Epoch, long From, long To, bool IsBeginning, string Evidence);
}
