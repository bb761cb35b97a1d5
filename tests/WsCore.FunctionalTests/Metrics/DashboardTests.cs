using System.Text.Json;
using System.Text.RegularExpressions;
using WsCore.TestKit.Files;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Metrics;

/// <summary>The dashboard and the alert rules name what a running server really exposes.</summary>
public sealed partial class DashboardTests
{
    private const string Rules = "deploy/prometheus/alerts.yaml";
    private const string RuleTests = "deploy/prometheus/alerts.test.yaml";
    private const string Dashboard = "deploy/grafana/wscore.json";

    // Given by Prometheus to whatever it scrapes.
    private static readonly string[] OfPrometheus = ["up"];
    private static readonly string[] LabelsOfPrometheus = ["instance", "job"];

    [RedisFact]
    public async Task Every_metric_label_and_value_that_they_name_is_exposed()
    {
        await using var redis = await RedisServer.StartAsync();
        var exposition = new Exposition(
            await TextAsync(),
            await TextAsync(("WSCORE__REDIS__CONNECTION", redis.ConnectionString), ("WSCORE__REDIS__HMACKEY", "a secret of the tests, 32 bytes or more")));
        var (dashboard, rules) = (DashboardExpressions(), RuleExpressions());
        Assert.True(dashboard.Count > 60 && rules.Count > 20, "the files have hardly an expression");

        Assert.Empty(dashboard.Concat(rules).SelectMany(expression => Problems(expression, exposition)).Distinct());

        // Other units and suffixes behind the name are Prometheus'.
        string[] instruments = [.. Documented().Matches(File.ReadAllText(SourceTree.PathOf("docs/operations.md"))).Select(match => match.Groups["name"].Value).Distinct()];
        Assert.True(instruments.Length > 60, "the document names hardly an instrument");
        Assert.All(instruments, name => Assert.True(exposition.Families.Any(family => $"{family}_".StartsWith(name.Replace('.', '_') + "_", StringComparison.Ordinal)), name));
    }

    [Theory]
    [InlineData("sum(wscore_connections)", null)]
    [InlineData("sum(wscore_conections)", "wscore_conections")]
    [InlineData("sum by (kode) (wscore_errors_total)", "kode")]
    [InlineData("wscore_errors_total{kode=\"x\"}", "kode")]
    [InlineData("wscore_errors_total{code=\"internal\"}", "internal")]
    [InlineData("wscore_errors_total{code=~\"conflict|internal\"}", "internal")]
    [InlineData("wscore_errors_total{code=~\"conflict\",instance=~\"$node\"}", null)]
    [InlineData("wscore_delivery_duration_seconds", "wscore_delivery_duration_seconds")] // a histogram has its buckets, its sum and its count
    [InlineData("sum by (le) (wscore_delivery_duration_seconds_bucket)", null)]
    public void A_name_that_is_not_exposed_is_found(string expression, string? wrong)
    {
        var exposition = new Exposition("""
            # TYPE wscore_connections gauge
            wscore_connections 0
            # TYPE wscore_errors_total counter
            wscore_errors_total{code="conflict"} 1
            # TYPE wscore_delivery_duration_seconds histogram
            wscore_delivery_duration_seconds_bucket{le="+Inf"} 1
            wscore_delivery_duration_seconds_sum 1.5E-05
            wscore_delivery_duration_seconds_count 1
            """.ReplaceLineEndings("\n"));

        var problems = Problems(expression, exposition).ToList();

        Assert.Equal(wrong is null ? 0 : 1, problems.Count);
        Assert.All(problems, problem => Assert.Contains($"'{wrong}'", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void The_dashboard_has_its_data_source_and_node_as_variables()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(SourceTree.PathOf(Dashboard)));
        var root = file.RootElement;

        Assert.Equal(["datasource", "node"], root.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()));
        JsonElement[] panels = [.. root.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row")];
        Assert.All(panels, panel => Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString()));
        Assert.All(panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()), target =>
            Assert.All(new Query(target.GetProperty("expr").GetString()!).Selectors, selector => Assert.Contains(("instance", "$node"), selector.Matchers)));
        int[] ids = [.. root.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("id").GetInt32())];
        Assert.Equal(ids.Distinct(), ids);
    }

    [PromtoolFact]
    public async Task Promtool_takes_the_rules_and_the_text()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, await TextAsync());
            var rules = await ProcessRunner.RunAsync(TestEnvironment.Promtool!, ["check", "rules", SourceTree.PathOf(Rules)]);
            var text = await ProcessRunner.RunAsync("/bin/sh", ["-c", "\"$0\" check metrics < \"$1\"", TestEnvironment.Promtool!, file]);

            Assert.True(rules.ExitCode == 0, $"{rules.Output}{rules.Error}");

            // 3: advice about names, of which the runtime's have some that we do not choose.
            Assert.True(text.ExitCode is 0 or 3, $"{text.Output}{text.Error}");
            Assert.DoesNotContain("wscore_", text.Output + text.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [PromtoolFact]
    public async Task The_rules_fire_when_all_is_gone_and_late_in_a_drain_and_not_before()
    {
        var result = await ProcessRunner.RunAsync(TestEnvironment.Promtool!, ["test", "rules", SourceTree.PathOf(RuleTests)]);

        Assert.True(result.ExitCode == 0, $"{result.Output}{result.Error}");
    }

    private static IEnumerable<string> Problems(string expression, Exposition exposition)
    {
        var query = new Query(expression);
        foreach (var (metric, matchers) in query.Selectors.Where(selector => !OfPrometheus.Contains(selector.Metric)))
        {
            if (!exposition.Has(metric))
            {
                yield return $"there is no metric '{metric}': {expression}";
                continue;
            }

            foreach (var (label, value) in matchers.Where(matcher => !LabelsOfPrometheus.Contains(matcher.Label)))
            {
                if (!exposition.LabelsOf(metric).Contains(label))
                {
                    yield return $"{metric} has no label '{label}': {expression}";
                    continue;
                }

                foreach (var wanted in value.Split('|').Where(wanted => !exposition.ValuesOf(metric).Contains((label, wanted))))
                {
                    yield return $"no {label} of {metric} is '{wanted}': {expression}";
                }
            }
        }

        foreach (var label in query.Grouped.Except(LabelsOfPrometheus).Where(label => !query.Selectors.Any(selector => exposition.LabelsOf(selector.Metric).Contains(label))))
        {
            yield return $"nothing has the label '{label}': {expression}";
        }
    }

    /// <summary>What a server shows after a client was there.</summary>
    private static async Task<string> TextAsync(params (string, string)[] settings)
    {
        var port = FreePort.Next();
        await using var server = await ServerProcess.StartAsync([ServerProcess.Anonymous, ("WSCORE__METRICS__PORT", $"{port}"), .. settings]);
        await Eventually.IsAsync(async () => (await GetAsync(server.Address, "/health/ready")).Status == 200);
        await using (var client = await ChatClient.ConnectAsync(new Uri($"ws://{server.Address.Authority}/ws")))
        {
            await client.JoinAsync("tea");
            await client.BroadcastAsync("tea", "1", ",\"echo\":true");
        }

        string text = "";
        await Eventually.IsAsync(async () => // Redis' round trip is measured each second
        {
            text = (await GetAsync(new Uri($"http://127.0.0.1:{port}"), "/metrics")).BodyText;
            return text.Contains("wscore_delivery_duration_seconds_count", StringComparison.Ordinal)
                && (settings.Length == 0 || text.Contains("wscore_bus_roundtrip_seconds_count", StringComparison.Ordinal));
        });
        return text;
    }

    private static List<string> DashboardExpressions()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(SourceTree.PathOf(Dashboard)));
        return
        [
            .. from panel in file.RootElement.GetProperty("panels").EnumerateArray()
               where panel.TryGetProperty("targets", out _)
               from target in panel.GetProperty("targets").EnumerateArray()
               select target.GetProperty("expr").GetString(),
            .. from variable in file.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()
               where variable.TryGetProperty("definition", out _)
               select LabelValues().Replace(variable.GetProperty("definition").GetString()!, "sum by (${label}) (${metric})"),
        ];
    }

    private static List<string> RuleExpressions() => [.. RuleExpression().Matches(File.ReadAllText(SourceTree.PathOf(Rules))).Select(match => match.Groups["expression"].Value)];

    private static Task<HttpReply> GetAsync(Uri address, string path) => HttpProbe.SendAsync(address, HttpProbe.Request($"GET {path} HTTP/1.1", "Host: localhost"));

    [GeneratedRegex(@"`(?<name>(wscore|dotnet|kestrel)[._][a-z_.]+)`")]
    private static partial Regex Documented();

    [GeneratedRegex(@"^label_values\((?<metric>\w+), (?<label>\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex("^ +expr: '(?<expression>[^']+)'$", RegexOptions.Multiline)]
    private static partial Regex RuleExpression();
}
