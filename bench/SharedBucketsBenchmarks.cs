using System.Net;
using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Limits;
using WsCore.TestKit.Time;

namespace WsCore.Benchmarks;

/// <summary>The limits that connections share. One operation pays for one message of a connection whose user and address have limits; or is a connection that comes, pays and goes.</summary>
public class SharedBucketsBenchmarks
{
    private const int Threads = 8;
    private const int Messages = 10_000;
    private const int Addresses = SharedBucketTable.MaxRefilling;
    private const int Stride = 7919; // a prime

    private static readonly RateOptions Ample = new() { MessagesPerSecond = int.MaxValue, BytesPerSecond = int.MaxValue };
    private static readonly RateCost Cost = RateCost.Of(10);

    private readonly IPAddress[] _addresses = [.. Enumerable.Range(0, 2 * Addresses).Select(i => new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]))];
    private Allowance[] _allowances = [];
    private RateLimits? _limits;
    private int _next;

    [GlobalSetup(Target = nameof(Pay))]
    public void SetUpOne() => SetUpPaying(_ => ("ada", IPAddress.Loopback), count: 1);

    [GlobalSetup(Target = nameof(PayOfManyAddresses))]
    public void SetUpMany() => SetUpPaying(i => ($"user {i}", _addresses[i]), Addresses);

    [GlobalSetup(Target = nameof(PayOnManyThreads))]
    public void SetUpThreads() => SetUpPaying(_ => ("ada", IPAddress.Loopback), Threads);

    /// <summary>The clock stands still, so nothing refills; those that went are kept, as many as may be, and would be full later than who pays once.</summary>
    [GlobalSetup(Targets = [nameof(ComeAndGo), nameof(ComeAndGoOfManyAddresses)])]
    public void SetUpComing()
    {
        _limits = new RateLimits(new LimitOptions { PerAddress = new RateOptions { MessagesPerSecond = 1, MessageBurst = int.MaxValue } }, new ManualTimeProvider());
        foreach (var address in _addresses[..Addresses])
        {
            ComeAndGo(address, new RateCost(2, 0));
        }

        ComeAndGoOfManyAddresses();
        if (_limits.Shared != Addresses)
        {
            throw new InvalidOperationException($"{_limits.Shared} addresses are kept, not {Addresses}.");
        }
    }

    [Benchmark(Description = "pay for a message: connection, user and address")]
    public bool Pay() => PayNext();

    [Adverse(nameof(Pay))]
    [Benchmark(Description = "the same of another of 100,000 connections each time, each of its own user and address")]
    public bool PayOfManyAddresses() => PayNext();

    /// <summary>Per message, of all that all threads pay for together: they take turns at one lock.</summary>
    [Adverse(nameof(Pay))]
    [Benchmark(OperationsPerInvoke = Threads * Messages, Description = "the same of eight connections of one user and address, each on a thread of its own")]
    public void PayOnManyThreads() => Parallel.ForEach(_allowances, new ParallelOptions { MaxDegreeOfParallelism = Threads }, static allowance =>
    {
        for (var i = 0; i < Messages; i++)
        {
            allowance.TryPay(Cost, out _);
        }
    });

    [Benchmark(Description = "a connection comes, pays and goes; its address is one of 100,000 that refill")]
    public bool ComeAndGo() => ComeAndGo(_addresses[0], Cost);

    /// <summary>As many are kept as may be, so the one that would be full first is forgotten: this one, and next time it is new again.</summary>
    [Adverse(nameof(ComeAndGo))]
    [Benchmark(Description = "the same from a new address each time: one is forgotten for it")]
    public bool ComeAndGoOfManyAddresses()
    {
        _next = (_next + Stride) % Addresses;
        return ComeAndGo(_addresses[Addresses + _next], Cost);
    }

    private bool PayNext()
    {
        _next = (_next + Stride) % _allowances.Length;
        return _allowances[_next].TryPay(Cost, out _);
    }

    private bool ComeAndGo(IPAddress address, RateCost cost)
    {
        var allowance = _limits!.Enter(user: null, address);
        var paid = allowance.TryPay(cost, out _);
        _limits.Leave(allowance);
        return paid;
    }

    private void SetUpPaying(Func<int, (string User, IPAddress Address)> who, int count)
    {
        var options = new LimitOptions { PerUser = Ample, PerAddress = Ample, MessagesPerSecond = int.MaxValue, MessageBurst = int.MaxValue, BytesPerSecond = int.MaxValue, ByteBurst = int.MaxValue };
        _limits = new RateLimits(options, TimeProvider.System);
        _allowances = [.. Enumerable.Range(0, count).Select(i => _limits.Enter(who(i).User, who(i).Address))];
    }
}
