using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Scenarios;

namespace WsCore.LoadTests.Tests.Scenarios;

public sealed class DisturbedScenarioTests
{
    [Theory]
    [InlineData(1, 5, 0.1)]
    [InlineData(1, 150, 3)]
    [InlineData(50, 150, 3)]
    [InlineData(200, 150, 0.75)]
    [InlineData(200, 600, 3)]
    public void Ratio_OfSmallLatencies_IsByFiftyMilliseconds(int before, int during, double ratio) =>
        Assert.Equal(ratio, DisturbedScenario.Ratio(Of(before), Of(during)), 0.01);

    private static HistogramSnapshot Of(int milliseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(milliseconds * 1000);
        return histogram.Snapshot();
    }
}
