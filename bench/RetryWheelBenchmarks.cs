using BenchmarkDotNet.Attributes;
using WsCore.Reliability;

namespace WsCore.Benchmarks;

/// <summary>The wheel of one lane with 100,000 unconfirmed messages.</summary>
public class RetryWheelBenchmarks
{
    private const int Pending = 100_000;
    private const long Delay = 5_000;

    private readonly int[] _handles = new int[Pending];
    private RetryWheel<object> _wheel = new();
    private object _message = new();
    private long _now;
    private int _next;

    /// <summary>Milliseconds over which the messages fall due; 0 is the adverse twin, all in the same slot.</summary>
    [Params(60_000, 0)]
    public int Spread { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (_wheel, _message, _now, _next) = (new RetryWheel<object>(), new object(), 0, 0);
        for (var i = 0; i < Pending; i++)
        {
            _handles[i] = _wheel.Add(_message, DueOf(i));
        }
    }

    /// <summary>One message is confirmed and another is sent.</summary>
    [Benchmark]
    public int ConfirmAndSchedule()
    {
        _next = (_next + 7919) % Pending; // a prime: from all over the list
        _wheel.Remove(_handles[_next]);
        return _handles[_next] = _wheel.Add(_message, DueOf(_next));
    }

    /// <summary>One second passes; what is due gets its next time, a minute on.</summary>
    [Benchmark]
    public int Tick()
    {
        _now += 1_000;
        _wheel.Advance(_now);
        var taken = 0;
        while (_wheel.TryTake(out var handle))
        {
            _wheel.Move(handle, _now + Delay + (Spread == 0 ? 0 : 55_000));
            taken++;
        }

        return taken;
    }

    private long DueOf(int index) => _now + Delay + (Spread == 0 ? 0 : index % Spread);
}
