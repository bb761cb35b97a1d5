using System.Diagnostics.Metrics;
using WsCore.Diagnostics;
using WsCore.Limits;
using WsCore.Protocol;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Measure;

namespace WsCore.Tests.Diagnostics;

public sealed class WsCoreMetricsTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly MeterListener _listener = new();
    private readonly WsCoreMetrics _metrics;
    private long _heard;

    public WsCoreMetricsTests()
    {
        _metrics = _node.Get<WsCoreMetrics>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _metrics.Meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => _heard += value);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _node.Dispose();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(426)]
    [InlineData(503)]
    public void Refused_AnyStatusOfAHandshake_AllocatesNothing(int status)
    {
        Assert.Equal(0, Allocations.Least(100, () => _metrics.Refused(status)));
        Assert.Equal(600, _heard);
    }

    [Fact]
    public void Others_AllocateNothing()
    {
        Assert.Equal(0, Allocations.Least(100, () =>
        {
            _metrics.Received(MessageType.Broadcast, 10);
            _metrics.Error(ErrorCodes.Conflict);
            _metrics.Closed(4_321);
            _metrics.RateLimited(RateScope.User, RateKind.Bytes);
            _metrics.Recovery("recovered");
            _metrics.Duplicate();
            _metrics.GivenUpNotTold(1);
        }));
        Assert.NotEqual(0, _heard);
    }
}
