using System.Net;
using BenchmarkDotNet.Attributes;
using WsCore.Limits;

namespace WsCore.Benchmarks;

/// <summary>The limits at their worst: eight threads, whose connections are all of one user and from one address.</summary>
public class SharedBucketsBenchmarks
{
    private const int Messages = 100_000;

    private readonly Allowance[] _allowances = new Allowance[Threads];

    /// <summary>Connections, each on a thread of its own.</summary>
    public const int Threads = 8;

    [GlobalSetup]
    public void Setup()
    {
        var rates = new RateOptions { MessagesPerSecond = int.MaxValue, BytesPerSecond = int.MaxValue };
        var limits = new RateLimits(new LimitOptions { PerUser = rates, PerAddress = rates, MessagesPerSecond = int.MaxValue, MessageBurst = int.MaxValue }, TimeProvider.System);
        for (var i = 0; i < Threads; i++)
        {
            _allowances[i] = limits.Enter("ada", IPAddress.Loopback);
        }
    }

    /// <summary>A message of each.</summary>
    [Benchmark(OperationsPerInvoke = Threads * Messages)]
    public void PayShared() => Parallel.ForEach(_allowances, new ParallelOptions { MaxDegreeOfParallelism = Threads }, static allowance =>
    {
        for (var i = 0; i < Messages; i++)
        {
            allowance.TryPay(RateCost.Of(10), out _);
        }
    });
}
