using System.Text.Json;
using WsCore.TestKit.Processes;

namespace WsCore.Tests.TestKit;

public sealed class ProcessTests
{
    [NodeFact]
    public async Task NodeScript_NoServer_ReportsFailureAsJson()
    {
        // Port 1 is privileged and unused: the connection is refused at once.
        var result = await NodeScript.RunAsync("tests/npm/chat.mjs", ["ws://127.0.0.1:1/ws", "lobby"]);

        Assert.Equal(1, result.ExitCode);
        Assert.False(JsonDocument.Parse(result.Output).RootElement.GetProperty("ok").GetBoolean());
    }

    [NodeFact]
    public async Task RunAsync_ProcessNeverEnds_IsKilledAndTellsItsOutput()
    {
        var run = ProcessRunner.RunAsync(
            TestEnvironment.RequireNode(), ["-e", "console.log('alive'); setInterval(() => {}, 1e6)"], TimeSpan.FromSeconds(2));

        var e = await Assert.ThrowsAsync<TimeoutException>(() => run);

        Assert.Contains("alive", e.Message, StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Chromium_TellsItsVersion()
    {
        var result = await ProcessRunner.RunAsync(TestEnvironment.RequireChromium(), ["--version"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Chrom", result.Output, StringComparison.Ordinal);
    }
}
