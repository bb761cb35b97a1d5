using System.Diagnostics.Metrics;

namespace WsCore.Diagnostics;

/// <summary>What is measured of the lanes' turns.</summary>
/// <remarks>Thread-safe. A lane asks <see cref="IsEnabled"/> once a turn, and looks at no clock while nobody listens. Nothing here allocates.</remarks>
internal sealed class LaneMetrics
{
    private readonly Histogram<double> _turn;
    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _delivery;

    public LaneMetrics(Meter meter)
    {
        _turn = meter.CreateHistogram(
            "wscore.lane.turn.duration", "s", "How long a turn of a lane took, from taking what waited to the last flush.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1] });
        _batch = meter.CreateHistogram(
            "wscore.lane.batch", "{item}", "Items that a turn of a lane took.", tags: null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096] });
        _delivery = meter.CreateHistogram(
            "wscore.delivery.duration", "s", "From reading a message of a client to the flush of its frames to all of one lane's receivers on this node.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
    }

    /// <summary>Somebody listens to any of them.</summary>
    public bool IsEnabled => _turn.Enabled || _batch.Enabled || _delivery.Enabled;

    /// <summary>Somebody listens to how long deliveries take.</summary>
    public bool MeasuresDelivery => _delivery.Enabled;

    public void Batch(int items) => _batch.Record(items);

    public void Turn(TimeSpan took) => _turn.Record(took.TotalSeconds);

    public void Delivery(TimeSpan took) => _delivery.Record(took.TotalSeconds);
}
