using System.Runtime.InteropServices;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Reliability;

/// <summary>A thousand receivers share one frame of each attempt, and coming again allocates nothing for each of them.</summary>
public sealed class ReliableAllocationTests
{
    private const int Receivers = 1000;
    private const int Attempts = 4;

    [Fact]
    public async Task Attempts_OfAThousandReceivers_AreOneFrameEach()
    {
        using var node = new TestNode();
        TestConnection[] clients = [.. Enumerable.Range(0, Receivers).Select(_ => node.Connect())];
        Assert.All(clients, client => node.Join(client.Connection, "a"));
        await clients[0].Say("""{"type":"broadcast","room":"a","payload":1,"reliable":true,"echo":true}""").WithTimeout();
        node.Pass(4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        node.Node.Retries.Tick();
        var idle = GC.GetAllocatedBytesForCurrentThread() - before;
        node.Pass(36);

        Assert.All(clients, client => Assert.Equal(Attempts, client.Texts.Count));
        Assert.Equal(Attempts, clients.SelectMany(client => client.Output.Memories).Select(memory =>
        {
            Assert.True(MemoryMarshal.TryGetArray(memory, out var segment));
            return segment.Array!;
        }).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.InRange(idle, 0, 512);
    }

    [Fact]
    public async Task Retry_AllocatesTheSameForTenAndForAThousand()
    {
        var (few, many) = (await MeasureAsync(10), await MeasureAsync(Receivers));

        Assert.InRange(many - few, -2048, 2048); // one object a receiver would be 24,000
    }

    private static async Task<long> MeasureAsync(int receivers)
    {
        using var node = new TestNode();
        var sender = node.Connect();
        node.Join(sender.Connection, "a");
        for (var i = 0; i < receivers; i++)
        {
            node.Join(node.Make(new CountingOutput()), "a");
        }

        await sender.Say("""{"type":"broadcast","room":"a","payload":1,"reliable":true}""").WithTimeout();
        var least = long.MaxValue;
        foreach (var wait in (int[])[5, 10, 20])
        {
            node.Pass(wait - 1);
            node.Clock.Advance(TimeSpan.FromSeconds(1));
            var before = GC.GetAllocatedBytesForCurrentThread();
            node.Node.Retries.Tick();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
