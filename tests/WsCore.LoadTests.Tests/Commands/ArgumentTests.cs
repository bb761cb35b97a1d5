using WsCore.LoadTests.Commands;
using WsCore.LoadTests.Scenarios;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.LoadTests.Tests.Commands;

public sealed class ArgumentTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public static TheoryData<string> Scenarios => [.. ScenarioCatalogue.All.Select(entry => entry.Name)];

    [Theory]
    [InlineData("chat --connections many", "--connections takes a whole number from 1 to 1000000, not 'many'.")]
    [InlineData("chat --connections 0", "--connections takes a whole number from 1 to 1000000, not '0'.")]
    [InlineData("chat --rate -1", "--rate takes a number")]
    [InlineData("chat --duration 60", "'60' is no duration: write 500ms, 60s, 10m or 1h.")]
    [InlineData("chat --url http://x/ws", "--url takes an address such as ws://")]
    [InlineData("chat --threshold p99<5", "takes a number with")]
    [InlineData("chat --threshold errors=0 nonsense=1", "'nonsense' in 'nonsense=1' is no figure.")]
    [InlineData("chat --simulation inject:5", "is no simulation. There are:")]
    [InlineData("chat --via pigeon", "--via takes raw or client, not 'pigeon'.")]
    [InlineData("chat --header nothing", "A header is written \"Name: value\"")]
    [InlineData("chat --sources here", "'here' is no address.")]
    [InlineData("chat --slow 3", "--slow")]
    [InlineData("nonsense", "The scenarios: connect, idle, chat, arena, direct, slow, storm, abuse, reliable.")]
    [InlineData("", "The scenarios: connect")]
    public async Task Wrong_IsRefusedInASentenceAndNothingIsRun(string arguments, string sentence)
    {
        Assert.Equal(LoadProgram.Misused, await RunAsync(arguments));
        Assert.Contains(sentence, _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Help_OfEachScenario_NamesItsOptions(string scenario)
    {
        Assert.Equal(0, await RunAsync($"{scenario} --help"));
        Assert.Contains("--threshold", _output.ToString(), StringComparison.Ordinal);
        Assert.All(ScenarioCatalogue.Find(scenario).Options, option => Assert.Contains(option, _output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task NobodyListens_IsSaid()
    {
        Assert.Equal(LoadProgram.Failed, await RunAsync($"chat --url ws://127.0.0.1:{FreePort.Next()}/ws --connections 5"));
        Assert.Contains("Nobody listens at 127.0.0.1", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooFewDescriptors_IsSaid()
    {
        Assert.Equal(LoadProgram.Failed, await RunAsync("chat --connections 1000000"));
        Assert.Contains("ulimit -n", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlowReadersThatSleepToTheEnd_AreRefused()
    {
        Assert.Equal(LoadProgram.Failed, await RunAsync("slow --duration 16s --nap 8s --connections 5"));
        Assert.Contains("sleep for 8s", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EncryptedWithRawConnections_IsSaid()
    {
        Assert.Equal(LoadProgram.Failed, await RunAsync("chat --url wss://127.0.0.1:1/ws --connections 5"));
        Assert.Contains("--via client", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(string arguments) =>
        new LoadProgram(_output, _error, isTerminal: false).RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), CancellationToken.None).WithTimeout();
}
