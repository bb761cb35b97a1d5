using System.Globalization;

namespace WsCore.ClientTests.Script;

/// <summary>A <c>welcome</c>. Nothing set: unlimited rates, and heartbeats so far apart that they disturb no test.</summary>
internal sealed record WelcomeText
{
    public string Connection { get; init; } = "c1";

    public string? User { get; init; }

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromHours(10);

    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public int MessageBytes { get; init; } = 65_536;

    public double MessagesPerSecond { get; init; }

    public int Burst { get; init; }

    public Position? Self { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"type":"welcome","connection":"{{Connection}}"{{(User is null ? "" : $",\"user\":\"{User}\"")}},"node":"script","time":1767268800000,
        "heartbeat":{"interval":{{(long)HeartbeatInterval.TotalMilliseconds}},"timeout":{{(long)HeartbeatTimeout.TotalMilliseconds}} }{{(Self is { } self ? $",\"self\":{Text.Of(self)}" : "")}},
        "limits":{"messageBytes":{{MessageBytes}},"messagesPerSecond":{{MessagesPerSecond}},"burst":{{Burst}} } }
        """);
}
