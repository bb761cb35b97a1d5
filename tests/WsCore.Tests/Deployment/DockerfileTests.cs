using System.Text.RegularExpressions;
using System.Xml.Linq;
using WsCore.TestKit.Files;
using WsCore.TestKit.Processes;

namespace WsCore.Tests.Deployment;

/// <summary>What the image promises, read from the file that makes it. <c>deploy/test.sh</c> builds and runs it.</summary>
public sealed partial class DockerfileTests
{
    [Fact]
    public void User_IsANumberAndNotRoot() => Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", DeployFiles.Image("USER"));

    [Fact]
    public void Stop_IsTheSignalThatDrains() => Assert.Equal("SIGTERM", DeployFiles.Image("STOPSIGNAL"));

    [Fact]
    public void Health_IsAskedByTheProgramItselfWithoutAShell() =>
        Assert.EndsWith("CMD [\"dotnet\", \"/app/WsCore.Server.dll\", \"--health\"]", DeployFiles.Image("HEALTHCHECK"), StringComparison.Ordinal);

    [Fact]
    public void Start_NeedsNoShell() => Assert.Equal("[\"dotnet\", \"/app/WsCore.Server.dll\"]", DeployFiles.Image("ENTRYPOINT"));

    [Fact]
    public void Image_RunsNothingWhenItIsBuilt() => // the runtime image has nothing to run it with
        Assert.DoesNotContain(DeployFiles.ImageInstructions(), line => line.StartsWith("RUN ", StringComparison.Ordinal));

    [Fact]
    public void Ports_AreThoseThatAreSet()
    {
        var environment = DeployFiles.Image("ENV");

        Assert.Equal("8080 9464", DeployFiles.Image("EXPOSE"));
        Assert.Contains("ASPNETCORE_HTTP_PORTS=8080", environment, StringComparison.Ordinal);
        Assert.Contains("WSCORE__METRICS__PORT=9464", environment, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_AreSettings() =>
        Assert.All(DeployFiles.Image("ENV").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0]), DeployFiles.AssertIsSetting);

    [Theory]
    [InlineData("version")]
    [InlineData("revision")]
    [InlineData("created")]
    public void Label_IsToldByAnArgument(string name) =>
        Assert.Contains($"org.opencontainers.image.{name}=\"${{{name.ToUpperInvariant()}}}\"", DeployFiles.Image("LABEL"), StringComparison.Ordinal);

    [Fact]
    public void Version_IsTheProjects()
    {
        var version = XDocument.Load(SourceTree.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.Contains($"ARG VERSION={version}", DeployFiles.ImageInstructions());
    }

    [Fact]
    public void RestoreLayer_HasEveryProjectOfTheServer()
    {
        var copied = ProjectCopy().Matches(File.ReadAllText(SourceTree.PathOf("deploy/Dockerfile"))).Select(match => match.Groups["project"].Value);

        Assert.Equal(ProjectsOf("src/WsCore.Server/WsCore.Server.csproj").Order(), copied.Order());
    }

    [Fact]
    public void Context_IsWhatTheBuildNeedsAndNothingElse()
    {
        var rules = DeployFiles.Lines(".dockerignore").Where(line => line.Length > 0 && line[0] != '#').ToList();
        var sent = rules.Where(rule => rule[0] == '!').Select(rule => rule[1..]).ToList();

        Assert.Equal("*", rules[0]);
        Assert.Equal(["**/bin", "**/obj"], rules[^2..]);
        Assert.All(sent, path => Assert.True(Path.Exists(SourceTree.PathOf(path)), $"there is no {path}"));
        Assert.Equal(
            ProjectsOf("src/WsCore.Server/WsCore.Server.csproj").Select(Path.GetDirectoryName).Order(),
            sent.Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Order());
        Assert.Empty(new[] { "global.json", "Directory.Build.props", "Directory.Packages.props", "LICENSE", "eng" }.Except(sent));
    }

    [Fact]
    public async Task Scripts_AreWellFormed()
    {
        var scripts = SourceTree.Files("deploy", ".sh").ToList();
        Assert.True(scripts.Count > 4);
        foreach (var script in scripts)
        {
            var result = await ProcessRunner.RunAsync("bash", ["-n", script]);
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }
    }

    private static IEnumerable<string> ProjectsOf(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        var references = XDocument.Load(SourceTree.PathOf(project)).Descendants("ProjectReference")
            .Select(reference => SourceTree.NameOf(Path.GetFullPath(SourceTree.PathOf(Path.Combine(folder, reference.Attribute("Include")!.Value)))));
        return references.SelectMany(ProjectsOf).Append(project).Distinct();
    }

    [GeneratedRegex(@"^COPY (?<project>src/\S+\.csproj) src/\S+/$", RegexOptions.Multiline)]
    private static partial Regex ProjectCopy();
}
