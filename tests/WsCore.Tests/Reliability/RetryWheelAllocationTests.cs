using WsCore.Reliability;
using WsCore.TestKit.Measure;

namespace WsCore.Tests.Reliability;

/// <summary>A wheel that has grown to what is on it allocates nothing any more.</summary>
public sealed class RetryWheelAllocationTests
{
    private const int Pending = 10_000;
    private const int Rounds = 1000;
    private const long Second = 1000;

    private readonly RetryWheel<object> _wheel = new();
    private readonly object _message = new();
    private readonly int[] _handles = new int[Pending];
    private long _now;

    public RetryWheelAllocationTests()
    {
        for (var i = 0; i < Pending; i++)
        {
            _handles[i] = _wheel.Add(_message, (1 + (i % 5)) * Second);
        }
    }

    [Fact]
    public void AddAndRemove_AllocateNothing()
    {
        var next = 0;
        Assert.Equal(0, Allocations.Least(Rounds, () =>
        {
            next = (next + 7919) % Pending;
            _wheel.Remove(_handles[next]);
            _handles[next] = _wheel.Add(_message, _now + (5 * Second));
        }));
        Assert.Equal(Pending, _wheel.Count);
    }

    [Fact]
    public void ATickInWhichMuchIsDue_AllocatesNothing()
    {
        var taken = 0;
        Assert.Equal(0, Allocations.Least(Rounds, () =>
        {
            _wheel.Advance(_now += Second);
            while (_wheel.TryTake(out var handle))
            {
                _wheel.Move(handle, _now + (5 * Second));
                taken++;
            }
        }));
        Assert.Equal(Pending / 5 * (_now / Second), taken);
    }
}
