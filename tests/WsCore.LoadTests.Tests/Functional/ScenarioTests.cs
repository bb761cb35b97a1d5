using System.Text.Json;
using WsCore.LoadTests.Commands;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Time;

namespace WsCore.LoadTests.Tests.Functional;

/// <summary>Each scenario against a real server, with tiny numbers: what is counted is asserted, never how long it took.</summary>
public sealed class ScenarioTests : IDisposable
{
    private const string AnyLatency = " --threshold p99-ratio<1000000"; // a test machine may be as slow as it likes

    private static readonly (string, string) History = ("WSCORE__NAMESPACES__DEFAULT__HISTORY__SIZE", "1000");

    private readonly string _folder = Directory.CreateTempSubdirectory("loadtest-").FullName;
    private readonly Transcript _output = new();
    private readonly Transcript _error = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("raw")]
    [InlineData("client")]
    public async Task Chat_DeliversEveryMessageToEveryOther(string via)
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        var figures = await PassAsync(server, $"chat --connections 20 --rooms 4 --rate 20 --duration 1s --warm-up 500ms --via {via} --threshold foreign=0");

        Assert.Equal((20, 20), (figures("connections"), figures("sent")));
        Assert.InRange(figures("delivered"), 80, 120); // with what was still on its way when the warm-up ended
        Assert.True(figures("server-memory") > 1_000_000);
        Assert.Equal(["report.html", "report.json", "report.md", "series.csv"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Chat_OfVirtualUsers_SendsAsFastAsItIsAnswered()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__LIMITS__MESSAGESPERSECOND", "0"), ("WSCORE__LIMITS__BYTESPERSECOND", "0"), History);

        var figures = await PassAsync(server, "chat --connections 10 --rooms 2 --warm-up 0s --simulation keep-constant:3,1500ms ramping-constant:1,500ms");

        Assert.True(figures("sent") > 3);
        Assert.Equal(figures("sent") * 4, figures("delivered"));
    }

    [Fact]
    public async Task Arena_DeliversEveryMessageToAllOthers()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        var figures = await PassAsync(server, "arena --connections 30 --senders 4 --rate 10 --duration 1s --warm-up 0s --sources 127.0.0.7,127.0.0.8");

        Assert.Equal((10, 290), (figures("sent"), figures("delivered")));
    }

    [Fact]
    public async Task Connect_LetsTheOldestGo()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        var figures = await PassAsync(server, "connect --connections 10 --rate 40 --duration 1s --warm-up 0s");

        Assert.Equal((10, 40), (figures("connections"), figures("sent")));
    }

    [Fact]
    public async Task Idle_EveryConnectionStillAnswers()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        var figures = await PassAsync(server, "idle --connections 25 --duration 1s --warm-up 0s --threshold server-memory-per-connection<10MB");

        Assert.Equal(25, figures("connections"));
        Assert.Equal(25, Report().GetProperty("steps").GetProperty("ping").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Direct_WithoutUsers_UsesRoomsOfTwoAndSaysSo()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        var figures = await PassAsync(server, "direct --connections 10 --rate 20 --duration 1s --warm-up 0s");

        Assert.Equal((20, 20), (figures("sent"), figures("delivered")));
        Assert.Contains("Rooms of two", Report().GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("client")]
    public async Task Direct_WithUsers_SendsToThem(string via)
    {
        await using var application = await UserApplication.StartAsync();

        var figures = await PassAsync(application.Address, $"direct --connections 10 --rate 20 --duration 1s --warm-up 0s --via {via}", "--user-header", "X-User: {user}");

        Assert.Equal((20, 20, 0), (figures("sent"), figures("delivered"), Report().GetProperty("notes").GetArrayLength()));
    }

    [Fact]
    public async Task Direct_WithAHeaderThatGivesNoUser_IsRefusedInASentence()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        Assert.Equal(LoadProgram.Failed, await RunAsync(AddressOf(server), "direct --connections 4 --warm-up 0s", "--user-header", "X-User: {user}"));
        Assert.Contains("that was to be", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slow_AreClosedAndTheOthersMissNothing()
    {
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Anonymous, ("WSCORE__LIMITS__MAXMESSAGEBYTES", "8192"), ("WSCORE__OUTBOX__MAXBYTES", "65536"), ("WSCORE__OUTBOX__BURSTBYTES", "65536"));

        var figures = await PassAsync(server, $"slow --connections 12 --rooms 3 --rate 10 --duration 12s --warm-up 0s --slow 2 --nap 4s --flood 1600000{AnyLatency}");

        Assert.Equal((0, 120 * 3), (figures("not-closed"), figures("delivered")));
        Assert.InRange(figures("closes-4100"), 2, 2 + 8); // one who floods and is starved by the machine is slow too
    }

    [Fact]
    public async Task Abusers_AreClosedAndTheOthersAreRefusedNothing()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        var figures = await PassAsync(server, $"abuse --connections 12 --rooms 3 --rate 10 --duration 8s --warm-up 0s --abusers 2{AnyLatency}");

        Assert.True(figures("closes-4101") >= 2);
        Assert.Equal((0, 0, 80 * 3), (figures("not-closed"), figures("errors"), figures("delivered")));
        Assert.True(Report().GetProperty("refusals").GetProperty("rate_limited").GetInt32() > 100);
    }

    [Fact]
    public async Task Storm_EveryMessageArrivesOnceAndInOrder()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, History);

        var figures = await PassAsync(server, "storm --connections 20 --rooms 4 --rate 25 --duration 8s --warm-up 0s --cuts 2");

        Assert.Equal((40, 200, 800), (figures("reconnects"), figures("sent"), figures("delivered")));
    }

    [Fact]
    public async Task Storm_CutsThatComeTooFast_WaitUntilAllAreBack()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, History);

        var figures = await PassAsync(server, "storm --connections 20 --rooms 4 --rate 25 --duration 2s --warm-up 0s --cuts 39");

        Assert.Equal((20, 0), (figures("connections"), figures("reconnects") % 20));
        Assert.InRange(figures("reconnects"), 20, 39 * 20);
    }

    [Fact]
    public async Task Storm_WithoutHistory_IsRefusedInASentence()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        Assert.Equal(LoadProgram.Failed, await RunAsync(AddressOf(server), "storm --connections 4 --warm-up 0s"));
        Assert.Contains("HISTORY__SIZE", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reliable_EveryMessageIsHandledOnceInTheEnd()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__RELIABLE__RETRYDELAYS__0", "1s"), ("WSCORE__RELIABLE__RETRYDELAYS__1", "30s"));

        var figures = await PassAsync(server, "reliable --connections 12 --rooms 3 --rate 20 --duration 2s --warm-up 0s --lossy 0.5");

        Assert.Equal((40, 120), (figures("sent"), figures("delivered")));
        Assert.True(figures("withheld") > 0);
        Assert.Equal(figures("withheld"), figures("retries"));
    }

    [Fact]
    public async Task AThresholdThatCannotHold_IsExitCode1AndASentence()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        Assert.Equal(LoadProgram.Failed, await RunAsync(AddressOf(server), "chat --connections 4 --rate 5 --duration 1s --warm-up 0s --threshold delivered>1000000 sent>=0"));
        Assert.Contains("delivered>1000000 does not hold: delivered is 15.", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sent>=0", _output.ToString(), StringComparison.Ordinal);
        Assert.False(Report().GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task MessagesThatAreRefused_FailTheRunAndAreNotCountedAsLost()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__LIMITS__BYTEBURST", "65536"), ("WSCORE__LIMITS__BYTESPERSECOND", "1"));

        Assert.Equal(LoadProgram.Failed, await RunAsync(AddressOf(server), "chat --connections 2 --rooms 1 --rate 20 --duration 1s --warm-up 0s --payload 20000"));
        Assert.Contains("errors=0 does not hold", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Report().GetProperty("figures").GetProperty("lost").GetInt32());
        Assert.True(Report().GetProperty("errors").GetProperty("rate_limited").GetInt32() > 0);
    }

    [Fact]
    public async Task AServerThatDies_IsSeen()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);
        var run = RunAsync(AddressOf(server), "chat --connections 5 --rooms 1 --rate 50 --duration 4s --warm-up 0s --timeout 5s");
        await Eventually.Is(() => _output.ToString().Contains("--- load", StringComparison.Ordinal));
        await server.KillAsync();

        Assert.Equal(LoadProgram.Failed, await run.WithTimeout());
        Assert.Equal(5, Report().GetProperty("closes").GetProperty("1006").GetInt32());
    }

    [Fact]
    public async Task Stopped_ReportsWhatThereIsAndPassesNothing()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);
        using var stop = new CancellationTokenSource();
        var run = RunAsync(AddressOf(server), "chat --connections 4 --rooms 1 --rate 50 --duration 1h --warm-up 0s", [], stop.Token);
        await Eventually.Is(() => _output.ToString().Contains("--- load", StringComparison.Ordinal));
        await Task.WhenAny(run, stop.CancelAsync());

        Assert.Equal(LoadProgram.Failed, await run.WithTimeout());
        Assert.Contains("Stopped before its time.", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal((true, false), (Report().GetProperty("stopped").GetBoolean(), Report().GetProperty("passed").GetBoolean()));
        Assert.Equal(0, Report().GetProperty("figures").GetProperty("lost").GetInt32());
    }

    [Fact]
    public async Task Slow_StoppedBeforeAnyCame_CountsThemAsNotClosed()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);
        using var stop = new CancellationTokenSource();
        var run = RunAsync(AddressOf(server), "slow --connections 4 --rooms 1 --rate 10 --duration 1h --warm-up 0s --slow 3", [], stop.Token);
        await Eventually.Is(() => _output.ToString().Contains("--- load", StringComparison.Ordinal));
        await Task.WhenAny(run, stop.CancelAsync());

        Assert.Equal(LoadProgram.Failed, await run.WithTimeout());
        Assert.Equal(3, Report().GetProperty("figures").GetProperty("not-closed").GetInt32());
    }

    private static Uri AddressOf(ServerProcess server) => new($"ws://{server.Address.Authority}/ws");

    private Task<Func<string, double>> PassAsync(ServerProcess server, string arguments) => PassAsync(AddressOf(server), arguments);

    private async Task<Func<string, double>> PassAsync(Uri address, string arguments, params string[] more)
    {
        var code = await RunAsync(address, arguments, more);
        Assert.True(code == LoadProgram.Passed, $"{_output}{_error}");
        var figures = Report().GetProperty("figures");
        return name => figures.GetProperty(name).GetDouble();
    }

    private Task<int> RunAsync(Uri address, string arguments, params string[] more) => RunAsync(address, arguments, more, CancellationToken.None);

    private Task<int> RunAsync(Uri address, string arguments, string[] more, CancellationToken stop) =>
        new LoadProgram(_output, _error, isTerminal: false)
            .RunAsync([.. arguments.Split(' '), .. more, "--url", address.ToString(), "--out", _folder], stop).WithTimeout(TimeSpan.FromMinutes(2));

    private JsonElement Report() => JsonElement.Parse(File.ReadAllText(Path.Combine(_folder, "report.json")));
}
