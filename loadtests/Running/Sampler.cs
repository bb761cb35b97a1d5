using WsCore.LoadTests.Machine;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Progress;
using WsCore.LoadTests.Scenarios;

namespace WsCore.LoadTests.Running;

/// <summary>Writes down every second how the run stands, and shows it.</summary>
internal sealed class Sampler(ScenarioContext context, string mainStep, ProcessProbe? server, IProgressView view)
{
    private const int DescriptorsEvery = 30; // seconds

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly UsageMeter _tester = new(new ProcessProbe(Environment.ProcessId));
    private readonly UsageMeter _server = new(server);
    private readonly List<Sample> _samples = [];
    private HistogramSnapshot _latencies = HistogramSnapshot.Empty;
    private HistogramSnapshot _lags = HistogramSnapshot.Empty;
    private TimeSpan _last = context.Clock.Elapsed;
    private (long Sent, long Delivered, long Opened) _counts;
    private string _phase = Phases.Init;

    /// <summary>What goes on now.</summary>
    public string Phase
    {
        get => Volatile.Read(ref _phase);
        set
        {
            Volatile.Write(ref _phase, value);
            view.Phase(value);
        }
    }

    /// <summary>All seconds; complete once <see cref="RunAsync"/> has ended.</summary>
    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>Samples until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        using var timer = new PeriodicTimer(Interval, context.Clock.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                _samples.Add(Take());
                view.Show(_samples[^1]);
            }
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }

    private Sample Take()
    {
        var metrics = context.Metrics;
        var now = context.Clock.Elapsed;
        var span = (now - _last).TotalSeconds;
        var counts = (Sent: metrics.Sent.Value, Delivered: metrics.Delivered.Value, Opened: metrics.Opened.Value);
        var (latencies, lags) = (metrics.Step(mainStep).Snapshot(), metrics.Step(StepNames.Lag).Snapshot());
        var (fresh, freshLags) = (latencies.Since(_latencies), lags.Since(_lags));
        var before = _counts;
        var descriptors = _samples.Count % DescriptorsEvery == 0 || _samples[^1].Phase != Phase;
        (_last, _counts, _latencies, _lags) = (now, counts, latencies, lags);
        return new Sample(now.TotalSeconds, Phase, span)
        {
            Connections = metrics.Open.Value,
            SendRate = (counts.Sent - before.Sent) / span,
            DeliveryRate = (counts.Delivered - before.Delivered) / span,
            ConnectRate = (counts.Opened - before.Opened) / span,
            P50 = fresh.Count == 0 ? null : fresh.Percentile(50),
            P99 = fresh.Count == 0 ? null : fresh.Percentile(99),
            P999 = fresh.Count == 0 ? null : fresh.Percentile(99.9),
            Max = fresh.Count == 0 ? null : fresh.Max,
            LagP99 = freshLags.Count == 0 ? null : freshLags.Percentile(99),
            Errors = metrics.Errors.Total,
            Closes = metrics.Closes.Total + metrics.ExpectedCloses.Total,
            Tester = _tester.Take(span, descriptors),
            Server = _server.Take(span, descriptors),
        };
    }
}
