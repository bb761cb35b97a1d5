using System.Text;
using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Dispatch;
using WsCore.Namespaces;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;

namespace WsCore.Benchmarks;

/// <summary>
/// What the server costs before the kernel. One operation is one <c>broadcast</c> with its <c>ack</c>, from the bytes of the envelope to the outputs of all members,
/// which only count. All turns run on this thread; the clock is the tests' own.
/// </summary>
public class FanoutBenchmarks
{
    private const int Many = 10_000;
    private const int ManyRooms = 100_000;
    private const int Held = 16;
    private const int Stride = 7919; // a prime

    private readonly SlowReaders _slow = new();
    private readonly List<CountingOutput> _counting = [];
    private byte[][] _messages = [];
    private TestNode _node = new();
    private Connection? _sender;
    private Dispatcher? _dispatcher;
    private int _next;

    [GlobalSetup(Target = nameof(ToOne))]
    public void SetUpOne() => SetUpCounting(1);

    [GlobalSetup(Target = nameof(ToHundred))]
    public void SetUpHundred() => SetUpCounting(100);

    [GlobalSetup(Target = nameof(ToTenThousand))]
    public void SetUpTenThousand() => SetUpCounting(Many);

    [GlobalSetup(Target = nameof(ToSlowReaders))]
    public void SetUpSlow()
    {
        SetUpRoom(Enumerable.Range(0, Many).Select(_ => _slow.Make()));
        Try(written: Many);
        _slow.TakeAll();
    }

    [GlobalSetup(Target = nameof(ToFullOutboxes))]
    public void SetUpFull()
    {
        SetUpRoom(Enumerable.Range(0, Many).Select(_ => _slow.Make()));
        var large = Message("chat:1", new string('p', 60_000));
        for (var bytes = 0; bytes < _node.Node.Options.Outbox.MaxBytes; bytes += large.Length)
        {
            Publish(large); // over the bound too: they are taken for readers that are only late
        }

        _node.Clock.Advance(2 * OutboxBounds.Stuck); // they are not
        _messages = [Message("chat:1", "hello, world", ",\"ephemeral\":true")];
        Try(dropped: Many);
    }

    [GlobalSetup(Target = nameof(ToOneInEachOfManyRooms))]
    public void SetUpManyRooms()
    {
        SetUp();
        var rooms = Enumerable.Range(0, ManyRooms).Select(i => $"chat:{i:D6}").ToArray();
        foreach (var (room, output) in rooms.Zip(Counting(ManyRooms)))
        {
            _node.Join(_node.Make(output), room);
        }

        _messages = [.. rooms.Select(room => Message(room, "hello, world"))];
        Try(written: 1);
    }

    [Benchmark(Description = "a `broadcast` to 1 member")]
    public void ToOne() => PublishNext();

    [Adverse(nameof(ToOne))]
    [Benchmark(Description = "to another of 100,000 rooms each time, 1 member in each")]
    public void ToOneInEachOfManyRooms() => PublishNext();

    [Benchmark(Description = "a `broadcast` to 100 members")]
    public void ToHundred() => PublishNext();

    [Benchmark(Description = "a `broadcast` to 10,000 members")]
    public void ToTenThousand() => PublishNext();

    /// <summary>Of 16 messages the first is being written to each of them and the others wait, until all are taken.</summary>
    [Adverse(nameof(ToTenThousand))]
    [Benchmark(OperationsPerInvoke = Held, Description = "to 10,000 members that are slow: each takes nothing until 16 messages wait for it")]
    public void ToSlowReaders()
    {
        for (var i = 0; i < Held; i++)
        {
            PublishNext();
        }

        _slow.TakeAll();
    }

    [Adverse(nameof(ToTenThousand))]
    [Benchmark(Description = "to 10,000 members that stand still with 1 MiB before them: an ephemeral message, dropped for each")]
    public void ToFullOutboxes() => PublishNext();

    [GlobalCleanup]
    public void CleanUp() => _node.Dispose();

    /// <summary>Sees that each member got the message, or that it was dropped for each.</summary>
    private void Try(long written = 0, long dropped = 0)
    {
        var before = (Written, Dropped);
        PublishNext();
        var (more, fewer) = (Written - before.Written, Dropped - before.Dropped);
        if (more != written || fewer != dropped)
        {
            throw new InvalidOperationException($"{more} were written instead of {written}, {fewer} dropped instead of {dropped}.");
        }

    }

    private long Written => _counting.Sum(output => output.Writes) + _slow.Waiting;

    private long Dropped => _node.Node.Lanes.All.ToArray().Sum(lane => lane.Counters.DroppedEphemeral + lane.Counters.DroppedSlow);

    private void SetUpCounting(int receivers)
    {
        SetUpRoom(Counting(receivers));
        Try(written: receivers);
    }

    private void SetUpRoom(IEnumerable<IOutput> outputs)
    {
        SetUp();
        _node.Join(_sender!, "chat:1");
        foreach (var output in outputs)
        {
            _node.Join(_node.Make(output), "chat:1");
        }

        _messages = [Message("chat:1", "hello, world")];
    }

    private void SetUp()
    {
        _node.Dispose();
        _node = new TestNode(options => options.Namespaces["chat"] = new NamespaceOptions { Publish = PublishRule.Anyone }, lanes: 2);
        _sender = _node.Make(new CountingOutput());
        _dispatcher = _node.Get<Dispatcher>();
    }

    private IEnumerable<IOutput> Counting(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _counting.Add(new CountingOutput());
            yield return _counting[^1];
        }
    }

    private void PublishNext()
    {
        _next = (_next + Stride) % _messages.Length;
        Publish(_messages[_next]);
    }

    private void Publish(byte[] message)
    {
        if (!_dispatcher!.DispatchAsync(_sender!, message, binary: false).IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("It was not done at once.");
        }
    }

    private static byte[] Message(string room, string text, string more = "") =>
        Encoding.UTF8.GetBytes($$$"""{"type":"broadcast","id":"17","room":"{{{room}}}","event":"line"{{{more}}},"payload":{"text":"{{{text}}}"}}""");
}
