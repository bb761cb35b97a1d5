using WsCore.TestKit.Randomness;
using WsCore.TestKit.Redis;
using Xunit.Abstractions;

namespace WsCore.ClusterTests.Chaos;

/// <summary>
/// The whole of it: real servers, a real Redis, clients that keep their positions, and trouble from a seed; every promise of docs/protocol.md is checked over
/// everything that every client saw. <c>bash tests/chaos.sh</c> runs it for longer.
/// </summary>
[Collection(ChaosGroup.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task One_node_whose_clients_come_and_go_keeps_every_promise()
    {
        await RunAsync(new ChaosOptions { Seed = TestSeed.Value, Duration = TimeSpan.FromSeconds(4), Nodes = 1, Redis = false, Trouble = false, Restlessness = 0.02 });
    }

    [RedisFact]
    public async Task Three_nodes_under_chaos_lose_nothing_and_repeat_nothing()
    {
        await RunAsync(ChaosOptions.FromEnvironment(TestSeed.Value));
    }

    private async Task RunAsync(ChaosOptions options)
    {
        var (failure, summary) = await ChaosRun.RunAsync(options);
        output.WriteLine(summary);
        Assert.True(failure.Length == 0, failure);
    }
}
