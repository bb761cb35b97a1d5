using System.Text.Json;

namespace WsCore.Client.Wire;

/// <summary>All that an <c>ack</c>, <c>error</c>, <c>pong</c>, <c>removed</c>, <c>reconnect</c> or announcement may have; what the server left out is null.</summary>
internal sealed record Reply
{
    public string Type { get; init; } = "";
    public string? Id { get; init; }
    public string? Code { get; init; }
    public string? Message { get; init; }
    public string? Reason { get; init; }
    public double? RetryAfter { get; init; }
    public string? Room { get; init; }
    public string? User { get; init; }
    public string? Connection { get; init; }
    public string? Epoch { get; init; }
    public long? Seq { get; init; }
    public bool? Recovered { get; init; }
    public int? Count { get; init; }
    public bool Duplicate { get; init; }
    public bool More { get; init; }
    public long? From { get; init; }
    public long? To { get; init; }
    public double? After { get; init; }
    public RoomResult[]? Results { get; init; }
    public MemberItem[]? Members { get; init; }
    public string[]? Users { get; init; }
    public JsonElement[]? Messages { get; init; }
    public JsonElement Payload { get; init; }
    public JsonElement State { get; init; }

    public Position? Position => Epoch is not null && Seq is { } seq ? new Position(Epoch, seq) : null;

    public TimeSpan? RetryAfterTime => RetryAfter is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    /// <summary>What became of the nth room of a join.</summary>
    public RoomResult ResultOf(int n, string room) => Type == "error"
        ? new RoomResult { Room = room, Code = Code ?? "", Message = Message, RetryAfter = RetryAfter }
        : Results is not null && n < Results.Length ? Results[n] : new RoomResult { Room = room, Epoch = Epoch, Seq = Seq, Recovered = Recovered, Count = Count };
}
