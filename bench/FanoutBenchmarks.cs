using BenchmarkDotNet.Attributes;
using WsCore.Dispatch;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;

namespace WsCore.Benchmarks;

/// <summary>One broadcast to all members of a room over outputs that only count: what the server costs before the kernel.</summary>
public class FanoutBenchmarks
{
    private static readonly byte[] Message =
        """{"type":"broadcast","id":"17","room":"chat:1","event":"line","payload":{"text":"hello, world"}}"""u8.ToArray();

    private TestNode? _node;
    private WsCore.Connections.Connection? _sender;
    private Dispatcher? _dispatcher;

    [Params(1, 100, 10_000)]
    public int Receivers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _node = new TestNode(lanes: 2); // all turns on this thread
        _sender = _node.Make(new CountingOutput());
        _dispatcher = _node.Get<Dispatcher>();
        _node.Join(_sender, "chat:1");
        for (var i = 0; i < Receivers; i++)
        {
            _node.Join(_node.Make(new CountingOutput()), "chat:1");
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _node!.Dispose();

    /// <summary>Broadcast with ack, envelope to output.</summary>
    [Benchmark]
    public bool BroadcastWithAck() => _dispatcher!.DispatchAsync(_sender!, Message, binary: false).IsCompletedSuccessfully;
}
