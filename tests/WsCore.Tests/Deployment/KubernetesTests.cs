using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCore.Hosting;
using WsCore.Redis.Hosting;
using WsCore.TestKit.Files;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Deployment;

/// <summary>That the parts of <c>deploy/kubernetes</c> fit each other, the image and the server. <c>deploy/test.sh</c> does not run them.</summary>
public sealed class KubernetesTests
{
    private const string Folder = "deploy/kubernetes";

    private static readonly JsonNode Deployment = Yaml.One($"{Folder}/deployment.yaml");
    private static readonly JsonNode Pod = Deployment.At("spec/template/spec");
    private static readonly JsonNode Container = Pod.At("containers/0");
    private static readonly JsonNode Kustomization = Yaml.One($"{Folder}/kustomization.yaml");
    private static readonly JsonNode Secret = Yaml.One($"{Folder}/secret.example.yaml");

    [Fact]
    public void EveryYamlFileOfDeploy_Parses()
    {
        var files = SourceTree.Files("deploy", ".yaml").Concat(SourceTree.Files("deploy", ".yml")).ToList();

        Assert.True(files.Count >= 8);
        Assert.All(files, file => Assert.NotEmpty(Yaml.All(SourceTree.NameOf(file))));
    }

    [Fact]
    public void Kustomization_HasEveryFileButTheSecret()
    {
        var there = SourceTree.Files(Folder, ".yaml").Select(SourceTree.NameOf).Where(name => Path.GetDirectoryName(name) == Folder).Select(Path.GetFileName);

        Assert.Equal(Kustomization.Texts("resources").Concat(["kustomization.yaml", "secret.example.yaml"]).Order(), there.Order());
        Assert.All(Yaml.One($"{Folder}/network-policy/kustomization.yaml").Texts("resources"), name => Assert.True(File.Exists(SourceTree.PathOf($"{Folder}/network-policy/{name}"))));
    }

    [Fact]
    public void Selectors_MatchTheLabelsOfThePod()
    {
        var labels = Deployment.At("spec/template/metadata/labels").ToJsonString();
        JsonNode[] selectors =
        [
            Deployment.At("spec/selector/matchLabels"),
            .. Pod.At("topologySpreadConstraints").AsArray().Select(spread => spread!.At("labelSelector/matchLabels")),
            Yaml.One($"{Folder}/service.yaml").At("spec/selector"),
            Yaml.One($"{Folder}/disruption-budget.yaml").At("spec/selector/matchLabels"),
            Yaml.One($"{Folder}/network-policy/network-policy.yaml").At("spec/podSelector/matchLabels"),
        ];

        Assert.All(selectors, selector => Assert.Equal(labels, selector.ToJsonString()));
    }

    [Fact]
    public void Ports_AreThoseOfTheImageAndEveryNameIsOneOfThem()
    {
        var ports = Container.At("ports").AsArray().ToDictionary(port => port!.Text("name"), port => port!.Text("containerPort"));
        var annotations = Deployment.At("spec/template/metadata/annotations");

        Assert.Equal(DeployFiles.Image("EXPOSE").Split(' '), ports.Values);
        Assert.Equal(ports["metrics"], annotations["prometheus.io/port"]!.GetValue<string>());
        string[] used =
        [
            .. new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(probe => Container.Text($"{probe}/httpGet/port")),
            .. Yaml.One($"{Folder}/service.yaml").At("spec/ports").AsArray().Select(port => port!.Text("targetPort")),
            .. Yaml.One($"{Folder}/network-policy/network-policy.yaml").At("spec/ingress").AsArray().Select(rule => rule!.Text("ports/0/port")),
        ];
        Assert.Empty(used.Except(ports.Keys));
    }

    [Theory]
    [InlineData("startupProbe", "/health/live")]
    [InlineData("livenessProbe", "/health/live")]
    [InlineData("readinessProbe", "/health/ready")]
    public void Probe_AsksWhatItShould(string probe, string path) => Assert.Equal(path, Container.Text($"{probe}/httpGet/path"));

    [Fact]
    public void Grace_IsLongerThanPreStopAndDrainAndTheHost()
    {
        var drain = DeployFiles.Duration(Settings()["WSCORE__DRAIN__TIMEOUT"]);
        var before = TimeSpan.FromSeconds(Container.Number("lifecycle/preStop/sleep/seconds"));

        Assert.True(TimeSpan.FromSeconds(Pod.Number("terminationGracePeriodSeconds")) > before + drain + HostPatience.Margin);
    }

    [Fact]
    public void User_IsThatOfTheImageAndMayDoNothing()
    {
        Assert.Equal(DeployFiles.Image("USER"), $"{Pod.Text("securityContext/runAsUser")}:{Pod.Text("securityContext/runAsGroup")}");
        Assert.Equal("true", Pod.Text("securityContext/runAsNonRoot"));
        Assert.Equal("true", Container.Text("securityContext/readOnlyRootFilesystem"));
        Assert.Equal("false", Container.Text("securityContext/allowPrivilegeEscalation"));
        Assert.Equal(["ALL"], Container.Texts("securityContext/capabilities/drop"));
    }

    [Fact]
    public void Settings_AreSettings()
    {
        Assert.All(Settings().Keys, DeployFiles.AssertIsSetting);
        Assert.All(Container.At("env").AsArray().Select(variable => variable!.Text("name")), DeployFiles.AssertIsSetting);
        Assert.Equal(Kustomization.Text("configMapGenerator/0/name"), Container.Text("envFrom/0/configMapRef/name"));
    }

    [Fact]
    public void Images_AreNamedAsTheKustomizationReplacesThem() => Assert.Equal(Kustomization.Text("images/0/name"), Container.Text("image"));

    [Fact]
    public void Secret_IsAskedForByNamesThatTheExampleHas()
    {
        var keys = Secret.At("stringData").AsObject().Select(pair => pair.Key).ToHashSet();
        var references = Container.At("env").AsArray().Select(variable => variable!.At("valueFrom/secretKeyRef")).ToList();

        Assert.All(references, reference => Assert.Equal(Secret.Text("metadata/name"), reference.Text("name")));
        Assert.All(references, reference => Assert.Null(reference["optional"])); // a pod without it does not start
        Assert.Equal(keys.Order(), references.Select(reference => reference.Text("key")).Order());
    }

    [Fact]
    public void SecretOfTheExample_IsRefusedByTheServer()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IHostEnvironment>(new TestHostEnvironment(Environments.Production));
        services.AddWsCore(_ => { }).AddRedis(redis =>
        {
            redis.Connection = Secret.Text("stringData/redis-connection");
            redis.HmacKey = Secret.Text("stringData/redis-hmac-key");
        });
        using var provider = services.BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<RedisOptions>>().Value);

        Assert.Contains("Redis:HmacKey must be at least 32 bytes", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Settings() => DeployFiles.Lines($"{Folder}/wscore.env")
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
}
