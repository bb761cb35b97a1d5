namespace WsCore.Client.Wire;

/// <summary>A <c>welcome</c> as it stands on the wire.</summary>
internal sealed record WelcomeMessage
{
    public string Connection { get; init; } = "";
    public string? User { get; init; }
    public string Node { get; init; } = "";
    public long Time { get; init; }
    public HeartbeatTimes? Heartbeat { get; init; }
    public MessageLimits? Limits { get; init; }
    public PositionItem? Self { get; init; }

    public Welcome ToWelcome() => new(Connection, User, Node, DateTimeOffset.FromUnixTimeMilliseconds(Time))
    {
        HeartbeatInterval = TimeSpan.FromMilliseconds(Heartbeat?.Interval ?? 0),
        HeartbeatTimeout = TimeSpan.FromMilliseconds(Heartbeat?.Timeout ?? 0),
        MaxMessageBytes = Limits?.MessageBytes ?? int.MaxValue,
        MessagesPerSecond = Limits?.MessagesPerSecond ?? 0,
        Burst = Limits?.Burst ?? 0,
        Self = Self is { } self ? new Position(self.Epoch, self.Seq) : null,
    };

    internal sealed record HeartbeatTimes(double Interval, double Timeout);

    internal sealed record MessageLimits(int MessageBytes, double MessagesPerSecond, int Burst);

    internal sealed record PositionItem(string Epoch, long Seq);
}
