using System.Text;
using BenchmarkDotNet.Attributes;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;

namespace WsCore.Benchmarks;

/// <summary>Finding a room by the bytes of its name.</summary>
public class RoomLookupBenchmarks
{
    private readonly byte[] _absent = "chat:nobody is here"u8.ToArray();
    private byte[][] _names = [];
    private TestNode? _node;
    private int _next;

    [Params(1, 100_000)]
    public int Rooms { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _node = new TestNode();
        _names = [.. Enumerable.Range(0, Rooms).Select(i => Encoding.UTF8.GetBytes($"chat:{i}"))];
        foreach (var name in _names)
        {
            _node.Rooms.JoinAsync(_node.Make(new CountingOutput()), name).AsTask().Wait();
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _node!.Dispose();

    /// <summary>A room that is there.</summary>
    [Benchmark]
    public object FindPresent()
    {
        _next = _next + 1 < _names.Length ? _next + 1 : 0;
        return _node!.Rooms.Find(_names[_next])!;
    }

    /// <summary>A room that is not.</summary>
    [Benchmark]
    public object? FindAbsent() => _node!.Rooms.Find(_absent);
}
