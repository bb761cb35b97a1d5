namespace WsCore.Client.Wire;

/// <summary>An entry of the <c>results</c> of a <c>join</c> or a <c>broadcast</c>.</summary>
internal sealed record RoomResult
{
    public string Room { get; init; } = "";
    public string? Code { get; init; }
    public string? Message { get; init; }
    public double? RetryAfter { get; init; }
    public string? Epoch { get; init; }
    public long? Seq { get; init; }
    public bool? Recovered { get; init; }
    public int? Count { get; init; }

    public Position? Position => Epoch is not null && Seq is { } seq ? new Position(Epoch, seq) : null;

    public TimeSpan? RetryAfterTime => RetryAfter is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
