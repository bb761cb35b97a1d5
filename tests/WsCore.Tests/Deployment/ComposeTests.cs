using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WsCore.Heartbeat;
using WsCore.Hosting;
using WsCore.TestKit.Files;

namespace WsCore.Tests.Deployment;

/// <summary>That <c>deploy/compose.yaml</c> and <c>deploy/haproxy.cfg</c> fit each other and the server. <c>deploy/test.sh</c> runs them.</summary>
public sealed partial class ComposeTests
{
    private static readonly JsonNode Compose = Yaml.One("deploy/compose.yaml");
    private static readonly string Balancer = File.ReadAllText(SourceTree.PathOf("deploy/haproxy.cfg"));

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Services => Compose.At("services").AsObject();

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Nodes => Services.Where(service => service.Key.StartsWith("node-", StringComparison.Ordinal));

    [Fact]
    public void EveryService_MayDoAsLittleAsItCan() => Assert.All(Services, service =>
    {
        Assert.Equal("true", service.Value!.Text("read_only"));
        Assert.Equal(["ALL"], service.Value!.Texts("cap_drop"));
        Assert.Equal(["no-new-privileges"], service.Value!.Texts("security_opt"));
        Assert.Null(service.Value!["privileged"]);
    });

    [Fact]
    public void OnlyTheBalancer_IsReachedFromOutsideAndRedisByNodesOnly()
    {
        Assert.Equal(["balancer"], Services.Where(service => service.Value!["ports"] is not null).Select(service => service.Key));
        Assert.Equal(["back"], Compose.Texts("services/redis/networks"));
        Assert.Equal(["front"], Compose.Texts("services/balancer/networks"));
        Assert.Equal("true", Compose.Text("networks/back/internal"));
    }

    [Fact]
    public void Nodes_AreTheServersOfTheBalancer()
    {
        Assert.Equal(2, Nodes.Count());
        Assert.Equal(Nodes.Select(node => $"{node.Key} {node.Key}:8080"), Server().Matches(Balancer).Select(match => match.Groups["server"].Value));
        Assert.All(Nodes, node => Assert.Equal(node.Key, node.Value!.Text("hostname"))); // what `welcome` calls it
        Assert.Contains("bind :8080\n", Balancer, StringComparison.Ordinal);
        Assert.EndsWith(":8080", Compose.Text("services/balancer/ports/0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Grace_IsLongerThanTheDrainAndTheHost() => Assert.All(Nodes, node =>
        Assert.True(DeployFiles.Duration(node.Value!.Text("stop_grace_period")) > new DrainOptions().Timeout + HostPatience.Margin));

    [Fact]
    public void Balancer_LivesUntilTheNodesHaveDrained()
    {
        var end = DeployFiles.Duration(Setting("hard-stop-after"));

        Assert.True(end >= new DrainOptions().Timeout + HostPatience.Margin);
        Assert.True(DeployFiles.Duration(Compose.Text("services/balancer/stop_grace_period")) > end);
    }

    [Fact]
    public void Balancer_LeavesSilenceToTheServer()
    {
        var heartbeat = new HeartbeatOptions();

        Assert.True(DeployFiles.Duration(Setting("timeout tunnel")) > heartbeat.Interval + heartbeat.Timeout);
        Assert.Contains("balance leastconn", Balancer, StringComparison.Ordinal);
        Assert.Contains("uri /health/ready", Balancer, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?m)^\s*(cookie|stick)\b|(?m)^[^#]*on-marked-down", Balancer);
    }

    [Fact]
    public void Settings_AreSettings() => Assert.All(
        Nodes.SelectMany(node => node.Value!.At("environment").AsObject().Select(setting => setting.Key)), DeployFiles.AssertIsSetting);

    [Fact]
    public void Secret_MustBeGivenAndAnonymousClientsAllowed() => Assert.All(Nodes, node =>
    {
        Assert.StartsWith("${WSCORE_HMAC_KEY:?", node.Value!.Text("environment/WSCORE__REDIS__HMACKEY"), StringComparison.Ordinal);
        Assert.Equal("${WSCORE_ALLOW_ANONYMOUS:-false}", node.Value!.Text("environment/WSCORE__AUTH__ALLOWANONYMOUS"));
    });

    [Fact]
    public void Redis_KeepsWhatItWasGiven()
    {
        var command = string.Join(' ', Compose.Texts("services/redis/command"));

        Assert.Contains("--appendonly yes --appendfsync always", command, StringComparison.Ordinal);
        Assert.Contains("--maxmemory-policy noeviction", command, StringComparison.Ordinal);
    }

    private static string Setting(string name) =>
        Assert.Single(Regex.Matches(Balancer, $@"(?m)^\s*{Regex.Escape(name)}\s+(?<value>\S+)")).Groups["value"].Value;

    [GeneratedRegex(@"^\s*server (?<server>.+)$", RegexOptions.Multiline)]
    private static partial Regex Server();
}
