using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Scenarios;

/// <summary>What a scenario is to do. What a scenario has no use for it ignores; the command line offers it only where it has one.</summary>
internal sealed record ScenarioOptions
{
    /// <summary>The server.</summary>
    public required Uri Url { get; init; }

    /// <summary>How many connections are held.</summary>
    public int Connections { get; init; } = 1000;

    /// <summary>How many iterations a second: messages, or connections in <c>connect</c>.</summary>
    public double Rate { get; init; } = 100;

    /// <summary>How long the load lasts.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same load before, which is checked and not measured.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Instead of rate and duration.</summary>
    public IReadOnlyList<LoadSimulation> Simulations { get; init; } = [];

    /// <summary>Bytes of a message's payload.</summary>
    public int Payload { get; init; } = 100;

    /// <summary>How many rooms; 0: the scenario's default.</summary>
    public int Rooms { get; init; }

    /// <summary>How many of a big room's members send.</summary>
    public int Senders { get; init; } = 16;

    /// <summary>How many connections are begun in a second before the load.</summary>
    public double ConnectRate { get; init; } = 1000;

    /// <summary>Which client; null: the scenario's default.</summary>
    public PeerKind? Via { get; init; }

    /// <summary>The local addresses: <c>auto</c>, <c>none</c> or a list.</summary>
    public string Sources { get; init; } = "auto";

    /// <summary>Headers of each handshake.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>A header that gives a connection its user, with <c>{user}</c> for the name.</summary>
    public KeyValuePair<string, string>? UserHeader { get; init; }

    /// <summary>How many readers are slow, in <c>slow</c>.</summary>
    public int Slow { get; init; } = 10;

    /// <summary>How long a slow reader reads nothing.</summary>
    public TimeSpan Nap { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Bytes a second that slow readers are flooded with, each.</summary>
    public int Flood { get; init; } = 2_000_000;

    /// <summary>How many send far over the rate, in <c>abuse</c>.</summary>
    public int Abusers { get; init; } = 10;

    /// <summary>Messages a second of each of them.</summary>
    public double AbuseRate { get; init; } = 500;

    /// <summary>Which part of the reliable messages is not confirmed the first time, 0 to 1.</summary>
    public double Lossy { get; init; } = 0.2;

    /// <summary>How often all connections are cut, in <c>storm</c>.</summary>
    public int Cuts { get; init; } = 1;

    /// <summary>How long an answer, a connection or the last messages may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The course of the load.</summary>
    public IReadOnlyList<LoadSimulation> Load => Simulations.Count > 0 ? Simulations : [LoadSimulation.Inject(Rate, TimeSpan.FromSeconds(1), Duration)];
}
