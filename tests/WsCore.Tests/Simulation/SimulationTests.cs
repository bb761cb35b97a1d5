using System.Globalization;
using Xunit.Abstractions;

namespace WsCore.Tests.Simulation;

/// <summary>
/// The promises of <c>docs/protocol.md</c>, kept in runs of a whole node with clients, network and clock from one seed. Here 1 to 200, always the same ones; others by <c>tests/simulate.sh</c>,
/// which sets <c>WSCORE_SIM_FIRST</c> and <c>WSCORE_SIM_SEEDS</c>.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Batches = 4;
    private const int SeedsOfCi = 200;

    private static readonly string[] Met =
    [
        "recovered", "not recovered", "duplicates answered", "repeated", "history pages", "errors conflict", "connections lost with 4100", "connections lost with 4102",
        "reliable messages repeated", "changes of members", "waits for a lane", "positions compared at rest", "counts of members compared at rest",
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task EverySeed_KeepsThePromises(int batch)
    {
        var (first, seeds) = (Setting("WSCORE_SIM_FIRST", 1), Setting("WSCORE_SIM_SEEDS", SeedsOfCi));
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await Task.Run(() => // a thread of the pool has no synchronization context
        {
            for (var seed = first + batch; seed < first + seeds; seed += Batches)
            {
                Run(seed, counts);
            }
        });
        output.WriteLine(string.Join('\n', counts.Select(count => $"{count.Key}: {count.Value}")));
        Assert.All(Met, what => Assert.True(seeds < SeedsOfCi || counts.ContainsKey(what), $"No seed has met this: {what}"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(40)]
    public async Task OneSeed_IsOneRun(int seed)
    {
        var runs = await Task.Run(() => new[] { Run(seed, []), Run(seed, []) });

        Assert.Equal(runs[0], runs[1]);
    }

    private static (ulong Hash, long Events) Run(int seed, SortedDictionary<string, long> counts)
    {
        using var world = new World(seed);
        try
        {
            world.Run();
        }
        catch (Exception exception)
        {
            Assert.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"Seed {seed}: {exception.Message}\nAgain: bash tests/simulate.sh --first {seed} --seeds 1\n{world.Traits}\nThe last of {world.Trace.Events} events:\n{world.Trace}\n{exception}"));
        }

        foreach (var (what, count) in world.Counts)
        {
            counts[what] = counts.GetValueOrDefault(what) + count;
        }

        return (world.Trace.Hash, world.Trace.Events);
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
