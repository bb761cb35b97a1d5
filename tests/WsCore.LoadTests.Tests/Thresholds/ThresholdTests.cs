using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Thresholds;

namespace WsCore.LoadTests.Tests.Thresholds;

public sealed class ThresholdTests
{
    [Theory]
    [InlineData("p99<50ms", "p99", nameof(Comparison.Less), 50_000)]
    [InlineData("p99.9 <= 1.5 s", "p99.9", nameof(Comparison.LessOrEqual), 1_500_000)]
    [InlineData("max<700µs", "max", nameof(Comparison.Less), 700)]
    [InlineData("lag-p99<2ms", "lag-p99", nameof(Comparison.Less), 2000)]
    [InlineData("deliver-sent-p50<2ms", "deliver-sent-p50", nameof(Comparison.Less), 2000)]
    [InlineData("errors=0", "errors", nameof(Comparison.Equal), 0)]
    [InlineData("errors==0", "errors", nameof(Comparison.Equal), 0)]
    [InlineData("closes-4100>=3", "closes-4100", nameof(Comparison.GreaterOrEqual), 3)]
    [InlineData("delivered>1000", "delivered", nameof(Comparison.Greater), 1000)]
    [InlineData("server-memory-growth<10%", "server-memory-growth", nameof(Comparison.Less), 10)]
    [InlineData("server-memory-per-connection<20kB", "server-memory-per-connection", nameof(Comparison.Less), 20_000)]
    public void Parse_AThreshold_IsRead(string text, string figure, string comparison, double limit)
    {
        var threshold = ThresholdText.Parse(text);
        Assert.Equal((figure, comparison, limit), (threshold.Figure, threshold.Comparison.ToString(), threshold.Limit));
    }

    [Theory]
    [InlineData("p99", "is no threshold")]
    [InlineData("p99<", "is no threshold")]
    [InlineData("p99<5", "takes a number with")]
    [InlineData("p99<5%", "takes a number with")]
    [InlineData("errors=0ms", "takes a plain number")]
    [InlineData("p42<5ms", "is no figure")]
    [InlineData("nonsense<5", "is no figure")]
    [InlineData("closes-x=1", "is no figure")]
    public void Parse_NoThreshold_IsRefusedInASentence(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<FormatException>(() => ThresholdText.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("lost<5", 5, false)]
    [InlineData("lost<5", 4, true)]
    [InlineData("lost<=5", 5, true)]
    [InlineData("lost=5", 5, true)]
    [InlineData("lost=5", 6, false)]
    [InlineData("lost>=5", 5, true)]
    [InlineData("lost>5", 5, false)]
    public void Check_AFigure_IsCompared(string text, double value, bool holds)
    {
        var figures = new FigureSet();
        figures.Add(FigureNames.Lost, value);

        var result = ThresholdText.Parse(text).Check(figures);

        Assert.Equal(holds, result.Holds);
        Assert.StartsWith(holds ? $"{text} holds: lost is" : $"{text} does not hold: lost is", result.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_AFigureThatIsNotThere_FailsAndSaysSo()
    {
        var result = ThresholdText.Parse("server-memory-growth<10%").Check(new FigureSet());

        Assert.False(result.Holds);
        Assert.Contains("--server-pid", result.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_SameFigure_TheGivenOneCounts()
    {
        var merged = ThresholdText.Merge([ThresholdText.Parse("errors=0"), ThresholdText.Parse("lost=0")], [ThresholdText.Parse("errors<10")]);

        Assert.Equal(["lost=0", "errors<10"], merged.Select(threshold => threshold.Text));
    }
}
