using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Running;
using WsCore.LoadTests.Thresholds;

namespace WsCore.LoadTests.Tests.Reporting;

public sealed class ReportTests
{
    private static readonly LoadReport Report = CreateReport(seconds: 30);

    [Fact]
    public void Csv_HasALineForEachSecondAndAllColumns()
    {
        var lines = SeriesCsv.Write(Report.Samples).TrimEnd('\n').Split('\n');

        Assert.Equal(31, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Split(',').Length, line.Split(',').Length));
        Assert.StartsWith("1,load,100,0,12.5,", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Json_HasFiguresThresholdsAndSteps()
    {
        var json = JsonElement.Parse(Encoding.UTF8.GetString(JsonReport.Write(Report)));

        Assert.Equal(3, json.GetProperty("figures").GetProperty("lost").GetInt32());
        Assert.False(json.GetProperty("passed").GetBoolean());
        Assert.False(json.GetProperty("thresholds")[0].GetProperty("holds").GetBoolean());
        Assert.Equal(1000, json.GetProperty("steps").GetProperty("deliver").GetProperty("count").GetInt32());
        Assert.Equal(2, json.GetProperty("errors").GetProperty("<odd> & code").GetInt32());
    }

    [Fact]
    public void Html_NeedsNothingElseAndEscapesWhatItWasGiven()
    {
        var html = HtmlReport.Write(Report);

        Assert.DoesNotMatch(new Regex("(?:src|href)=|url\\(|@import|<script"), html);
        Assert.DoesNotContain("<odd>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;odd&gt;", html, StringComparison.Ordinal);
        Assert.Contains("A threshold does not hold", html, StringComparison.Ordinal);
        foreach (Match svg in Regex.Matches(html, "<svg.*?</svg>"))
        {
            Assert.NotEmpty(XElement.Parse(svg.Value).Elements());
        }
    }

    [Fact]
    public void Html_OfALongRun_StaysSmall() => Assert.InRange(HtmlReport.Write(CreateReport(seconds: 3600)).Length, 1, 150_000);

    [Fact]
    public void Markdown_HasTheCommandTheVerdictAndTheTables()
    {
        var markdown = MarkdownReport.Write(Report);

        Assert.Contains("```bash\nrun <this>\n```", markdown, StringComparison.Ordinal);
        Assert.Contains("A threshold does not hold.", markdown, StringComparison.Ordinal);
        Assert.Contains("| deliver | 1,000 |", markdown, StringComparison.Ordinal);
        Assert.All(markdown.Split('\n').Where(line => line.StartsWith('|')), line => Assert.EndsWith("|", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Chart_WithAHole_IsInterruptedThere()
    {
        var chart = new LineChart("t", Unit.Count, [new ChartSeries("a", [(0, 1), (1, null), (2, 3), (3, 4)])], []).ToHtml();

        Assert.Equal(2, Regex.Match(chart, "line s0\" d=\"([^\"]*)").Groups[1].Value.Count(letter => letter == 'M'));
    }

    [Fact]
    public void Chart_OfNothing_IsLeftOut() => Assert.Empty(new LineChart("t", Unit.Count, [new ChartSeries("a", [(0, null)])], []).ToHtml());

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(9, 5)]
    [InlineData(1000, 500)]
    [InlineData(0.03, 0.01)]
    public void NiceStep_AnyRange_IsOneTwoOrFive(double range, double step) => Assert.Equal(step, LineChart.NiceStep(range, 4), 9);

    [Fact]
    public void Thinned_ManyPoints_KeepsThePeak()
    {
        var series = new ChartSeries("a", [.. Enumerable.Range(0, 1000).Select(i => ((double)i, (double?)(i == 333 ? 99 : 1)))]);

        var thin = series.Thinned(100);

        Assert.Equal(100, thin.Count);
        Assert.Contains((333.0, (double?)99), thin);
    }

    [Theory]
    [InlineData(1_234_567, "1.23 s")]
    [InlineData(999, "999 µs")]
    [InlineData(15_040, "15 ms")]
    [InlineData(0, "0 µs")]
    public void Unit_OfTimes_ChoosesTheOneThatSuits(double micros, string text) => Assert.Equal(text, Unit.Time.Format(micros));

    private static LoadReport CreateReport(int seconds)
    {
        var histogram = new LatencyHistogram();
        for (var i = 0; i < 1000; i++)
        {
            histogram.Record(i * 10);
        }

        var figures = new FigureSet();
        figures.Add(FigureNames.Lost, 3);
        figures.Add("p99", 9900);
        return new LoadReport
        {
            Scenario = "chat",
            CommandLine = "run <this>",
            Began = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Load = [new("target", "ws://x")],
            Facts = [new("machine", "a|b")],
            Steps = [new StepResult("deliver", histogram.Snapshot())],
            Figures = figures,
            Thresholds = [ThresholdText.Parse("lost=0").Check(figures), ThresholdText.Parse("p99<1s").Check(figures)],
            Errors = [new("<odd> & code", 2)],
            Refusals = [],
            Closes = [],
            ExpectedCloses = [new("4100", 1)],
            Notes = ["a <odd> note"],
            Samples = [.. Enumerable.Range(0, seconds).Select(i => new Sample(i, i == 0 ? "init" : "load", 1) { Connections = 100, SendRate = 12.5, DeliveryRate = 125 + i, P50 = i % 7 == 0 ? null : 10 + i, P99 = 100 + i, Tester = new UsageSample(10.25, 1_000_000, 50) })],
            Stopped = false,
        };
    }
}
