using WsCore.LoadTests.Clients;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Raw;

namespace WsCore.LoadTests.Scenarios;

/// <summary>What a scenario works with: its options, the clock, the measurements, and where peers come from. Any thread.</summary>
internal sealed class ScenarioContext : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _notes = [];
    private LatencyHistogram? _phase;

    public ScenarioContext(ScenarioOptions options, TimeProvider time)
    {
        (Options, Clock) = (options, new LoadClock(time));
        // Half as many again for what is closed and waits: a storm, a churn.
        Sources = SourceAddresses.Parse(options.Sources, options.Url.Host, options.Connections * 3 / 2);
        Target = new PeerTarget(options.Url, options.Headers, Sources, options.Timeout);
        Sockets = new ClientSockets(Sources);
    }

    public ScenarioOptions Options { get; }

    public LoadClock Clock { get; }

    public LoadMetrics Metrics { get; } = new();

    public SourceAddresses Sources { get; }

    public PeerTarget Target { get; }

    /// <summary>The sockets of peers on the .NET client.</summary>
    public ClientSockets Sockets { get; }

    /// <summary>Where the latencies of what is delivered now are counted besides; null: nowhere.</summary>
    public LatencyHistogram? Phase
    {
        get => Volatile.Read(ref _phase);
        set => Volatile.Write(ref _phase, value);
    }

    /// <summary>What a reader of the report has to know.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_gate)
            {
                return [.. _notes];
            }
        }
    }

    /// <summary>Tells the report something, once.</summary>
    public void Note(string sentence)
    {
        lock (_gate)
        {
            if (!_notes.Contains(sentence))
            {
                _notes.Add(sentence);
            }
        }
    }

    /// <summary>A peer that is not connected yet.</summary>
    /// <param name="kind">On which client.</param>
    /// <param name="events">Who hears what happens to it.</param>
    /// <param name="user">The user it is to be, where the options say how.</param>
    public IPeer CreatePeer(PeerKind kind, IPeerEvents events, string? user = null)
    {
        var target = user is not null && Options.UserHeader is { } header
            ? Target with { Headers = new Dictionary<string, string>(Target.Headers) { [header.Key] = header.Value.Replace("{user}", user, StringComparison.Ordinal) } }
            : Target;
        return kind == PeerKind.Raw ? new RawPeer(target, Clock, Metrics, events) : new ClientPeer(target, Sockets.Invoker, Clock, Metrics, events);
    }

    public void Dispose() => Sockets.Dispose();
}
