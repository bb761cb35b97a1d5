using WsCore.LoadTests.Machine;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Scenarios;

namespace WsCore.LoadTests.Running;

/// <summary>How everything stood when the load began and ended: figures are what lies between.</summary>
internal sealed class Marks(ScenarioContext context, ProcessProbe? server)
{
    private readonly ProcessProbe _tester = new(Environment.ProcessId);
    private readonly Dictionary<string, HistogramSnapshot> _before = new(StringComparer.Ordinal);
    private Dictionary<string, HistogramSnapshot>? _initial;
    private Mark _begin = Mark.None;
    private Mark _end = Mark.None;
    private bool _hasBegun;

    /// <summary>The server's memory before anything was connected.</summary>
    public long? ServerMemoryBefore { get; private set; }

    /// <summary>Connections when the load ended.</summary>
    public long Connections { get; private set; }

    /// <summary>How long the load lasted, in seconds.</summary>
    public double Seconds => Math.Max(1e-3, (_end.At - _begin.At).TotalSeconds);

    public long Sent => _end.Sent - _begin.Sent;

    public long Delivered { get; private set; }

    public double? TesterCpu => _end.TesterCpu - _begin.TesterCpu;

    public double? ServerCpu => _end.ServerCpu - _begin.ServerCpu;

    public void Start()
    {
        ServerMemoryBefore = server?.ResidentBytes;
        _begin = _end = Take();
    }

    /// <summary>Everybody is there; the warm-up may begin.</summary>
    public void Ready() => _initial = context.Metrics.Steps.ToDictionary(step => step, step => context.Metrics.Step(step).Snapshot(), StringComparer.Ordinal);

    public void BeginLoad()
    {
        _begin = Take();
        _hasBegun = true;
        foreach (var step in context.Metrics.Steps)
        {
            _before[step] = context.Metrics.Step(step).Snapshot();
        }
    }

    public void EndLoad()
    {
        _end = Take();
        Connections = context.Metrics.Open.Value;
        Delivered = _end.Delivered - _begin.Delivered;
    }

    /// <summary>What the load sent has arrived: it counts too.</summary>
    public void Settled() => Delivered = context.Metrics.Delivered.Value - _begin.Delivered;

    /// <summary>Stopped in the middle.</summary>
    public void Interrupted() => EndLoad();

    /// <summary>The latencies of the load; those of a step that it did not take, such as joining, from before the warm-up, which is never measured.</summary>
    public HistogramSnapshot Latencies(string step)
    {
        var all = context.Metrics.Step(step).Snapshot();
        if (_initial is not { } initial)
        {
            return all;
        }

        var load = _hasBegun ? all.Since(_before.GetValueOrDefault(step, HistogramSnapshot.Empty)) : HistogramSnapshot.Empty;
        return load.Count > 0 ? load : initial.GetValueOrDefault(step, HistogramSnapshot.Empty);
    }

    private Mark Take() => new(context.Clock.Elapsed, context.Metrics.Sent.Value, context.Metrics.Delivered.Value, _tester.CpuSeconds, server?.CpuSeconds);

    private sealed record Mark(TimeSpan At, long Sent, long Delivered, double? TesterCpu, double? ServerCpu)
    {
        public static Mark None { get; } = new(TimeSpan.Zero, 0, 0, null, null);
    }
}
