using System.Text;
using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;

namespace WsCore.Benchmarks;

/// <summary>Finding a room by the bytes of its name. One operation is one look-up, each time of another name, in an order that no cache can foresee.</summary>
public class RoomLookupBenchmarks
{
    private const int Many = 100_000;
    private const int Stride = 7919; // a prime

    private static readonly string Prefix = "chat:" + new string('x', 244);

    private TestNode? _node;
    private byte[][] _present = [];
    private byte[][] _absent = [];
    private int _next;

    [GlobalSetup(Targets = [nameof(Find), nameof(FindNone)])]
    public void SetUpOne() => SetUp(1, "chat:");

    [GlobalSetup(Targets = [nameof(FindAmongMany), nameof(FindNoneAmongMany)])]
    public void SetUpMany() => SetUp(Many, "chat:");

    [GlobalSetup(Targets = [nameof(FindLongName), nameof(FindNoLongName)])]
    public void SetUpLongNames() => SetUp(Many, Prefix);

    [GlobalCleanup]
    public void CleanUp() => _node!.Dispose();

    [Benchmark(Description = "find the only room there is")]
    public object Find() => Look(_present)!;

    [Adverse(nameof(Find))]
    [Benchmark(Description = "find one of 100,000 rooms, one member in each")]
    public object FindAmongMany() => Look(_present)!;

    [Adverse(nameof(Find))]
    [Benchmark(Description = "the same, names of 255 bytes that differ in the last six")]
    public object FindLongName() => Look(_present)!;

    [Benchmark(Description = "look for a room that is not there, beside one that is")]
    public object? FindNone() => Look(_absent);

    [Adverse(nameof(FindNone))]
    [Benchmark(Description = "the same beside 100,000 rooms")]
    public object? FindNoneAmongMany() => Look(_absent);

    [Adverse(nameof(FindNone))]
    [Benchmark(Description = "the same, names of 255 bytes that differ in the last six")]
    public object? FindNoLongName() => Look(_absent);

    private object? Look(byte[][] names)
    {
        _next = (_next + Stride) % names.Length;
        return _node!.Rooms.Find(names[_next]);
    }

    private void SetUp(int rooms, string prefix)
    {
        _node = new TestNode();
        _present = Names(rooms, prefix, first: 0);
        _absent = Names(rooms, prefix, first: Many);
        foreach (var name in _present)
        {
            _node.Rooms.JoinAsync(_node.Make(new CountingOutput()), name).AsTask().Wait();
        }

        if (_present.Any(name => _node.Rooms.Find(name) is null) || _absent.Any(name => _node.Rooms.Find(name) is not null))
        {
            throw new InvalidOperationException("Some rooms are there that should not be, or the other way round.");
        }
    }

    private static byte[][] Names(int count, string prefix, int first) =>
        [.. Enumerable.Range(first, count).Select(i => Encoding.UTF8.GetBytes($"{prefix}{i:D6}"))];
}
