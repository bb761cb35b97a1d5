using System.Globalization;

namespace WsCore.ClusterTests.Chaos;

/// <summary>How large a run is, and what is done in it.</summary>
internal sealed record ChaosOptions
{
    /// <summary>What every choice of the run comes from. Only choices: when something happens is also the machine's doing.</summary>
    public required int Seed { get; init; }

    /// <summary>How long trouble is made; the run goes on until all is settled again.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    public int Nodes { get; init; } = 3;

    /// <summary>Whether the nodes are one system over Redis, a master and a replica. Else there is one node, and its stores are in memory.</summary>
    public bool Redis { get; init; } = true;

    /// <summary>Whether servers are killed, stopped and hung; else clients come and go only.</summary>
    public bool Trouble { get; init; } = true;

    public int Clients { get; init; } = 60;

    /// <summary>How many of them broadcast.</summary>
    public int Publishers { get; init; } = 12;

    /// <summary>Broadcasts of one publisher that may be unanswered; with the answer the next one goes.</summary>
    public int Window { get; init; } = 2;

    /// <summary>How likely a client is, in each tenth of a second, to go away of its own accord, and as likely to leave a room.</summary>
    public double Restlessness { get; init; } = 0.002;

    public int RoomsPerClient { get; init; } = 3;

    /// <summary>Of a run of the tests: <c>WSCORE_CHAOS_SECONDS</c> (30) long.</summary>
    public static ChaosOptions FromEnvironment(int seed) => new()
    {
        Seed = seed,
        Duration = TimeSpan.FromSeconds(
            double.TryParse(Environment.GetEnvironmentVariable("WSCORE_CHAOS_SECONDS"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : 30),
    };
}
