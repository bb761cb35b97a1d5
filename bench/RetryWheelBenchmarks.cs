using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Reliability;

namespace WsCore.Benchmarks;

/// <summary>The wheel of one lane with 100,000 unconfirmed messages. One operation is one message, or one tick; each says which.</summary>
public class RetryWheelBenchmarks
{
    private const int Pending = 100_000;
    private const int Stride = 7919; // a prime: from all over the list
    private const long Second = 1_000;
    private const long Minute = 60 * Second;

    private readonly int[] _handles = new int[Pending];
    private readonly object _message = new();
    private RetryWheel<object> _wheel = new();
    private long _now;
    private long _spread;
    private int _next;

    /// <summary>They fall due over a minute, the same number in each second.</summary>
    [GlobalSetup(Targets = [nameof(ConfirmAndSend), nameof(Tick)])]
    public void SetUpSpread() => SetUp(Minute);

    [GlobalSetup(Targets = [nameof(ConfirmAndSendOfOneSecond), nameof(TickOfAll), nameof(ConfirmAllAtOnce)])]
    public void SetUpTogether() => SetUp(Second);

    [Benchmark(Description = "a message is confirmed and another is sent")]
    public int ConfirmAndSend() => ConfirmNext();

    [Adverse(nameof(ConfirmAndSend))]
    [Benchmark(Description = "the same where all fall due in one second")]
    public int ConfirmAndSendOfOneSecond() => ConfirmNext();

    /// <summary>Once none is left the wheel lets go of what they needed; here they come again at once, and it grows anew.</summary>
    [Adverse(nameof(ConfirmAndSend))]
    [Benchmark(OperationsPerInvoke = Pending, Description = "per message: all are confirmed at once, then as many are sent")]
    public int ConfirmAllAtOnce()
    {
        for (var i = 0; i < Pending; i++)
        {
            _wheel.Remove(_handles[_next = (_next + Stride) % Pending]);
        }

        if (_wheel.Count != 0)
        {
            throw new InvalidOperationException($"{_wheel.Count} are left.");
        }

        Fill();
        return _wheel.Count;
    }

    [Benchmark(Description = "a tick: a second's share of them, 1,667, falls due and gets its next time")]
    public int Tick() => TickOnce();

    [Adverse(nameof(Tick))]
    [Benchmark(Description = "a tick in which all fall due and get their next time, the same for all")]
    public int TickOfAll() => TickOnce() == Pending ? Pending : throw new InvalidOperationException("Not all were due.");

    private int ConfirmNext()
    {
        _next = (_next + Stride) % Pending;
        _wheel.Remove(_handles[_next]);
        return _handles[_next] = _wheel.Add(_message, DueOf(_next));
    }

    private int TickOnce()
    {
        _now += Second;
        _wheel.Advance(_now);
        var taken = 0;
        while (_wheel.TryTake(out var handle))
        {
            _wheel.Move(handle, _now + _spread);
            taken++;
        }

        return taken;
    }

    private void SetUp(long spread)
    {
        (_wheel, _spread) = (new RetryWheel<object>(), spread);
        Fill();
    }

    private void Fill()
    {
        for (var i = 0; i < Pending; i++)
        {
            _handles[i] = _wheel.Add(_message, DueOf(i));
        }
    }

    private long DueOf(int index) => _now + Second + (index * Second % _spread);
}
