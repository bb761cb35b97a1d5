using WsCore.Reliability;

namespace WsCore.Delivery;

/// <summary>All lanes of a node. Thread-safe.</summary>
internal sealed class Lanes
{
    private readonly Lane[] _lanes;
    private int _next = -1;

    public Lanes(LaneOptions options, LaneScheduler scheduler, TimeProvider time, ReliableOptions? reliable = null)
    {
        var count = options.Count > 0 ? options.Count : Math.Min(64, Environment.ProcessorCount);
        _lanes = [.. Enumerable.Range(0, count).Select(index => new Lane(index, options, scheduler, time, reliable))];
    }

    public ReadOnlySpan<Lane> All => _lanes;

    public int Count => _lanes.Length;

    /// <summary>The lane of the next connection, in turn.</summary>
    public Lane Next() => _lanes[(uint)Interlocked.Increment(ref _next) % (uint)_lanes.Length];

    /// <summary>Runs the lanes whose ownership the caller was given; bit n stands for lane n.</summary>
    public void Run(ulong owned)
    {
        while (owned != 0)
        {
            var index = System.Numerics.BitOperations.TrailingZeroCount(owned);
            owned &= owned - 1;
            _lanes[index].Run();
        }
    }

    /// <summary>The same, but elsewhere and soon: for a caller that holds a lock.</summary>
    public void Continue(ulong owned)
    {
        while (owned != 0)
        {
            var index = System.Numerics.BitOperations.TrailingZeroCount(owned);
            owned &= owned - 1;
            _lanes[index].Continue();
        }
    }

    /// <summary>True when no publisher needs to wait.</summary>
    public bool HaveRoom
    {
        get
        {
            foreach (var lane in _lanes)
            {
                if (lane.IsCongested)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Waits until every inbox is below its mark; what a publisher does before it starts, under no lock.</summary>
    public async ValueTask WaitForRoomAsync()
    {
        foreach (var lane in _lanes)
        {
            while (lane.IsCongested)
            {
                await lane.WaitAsync().ConfigureAwait(false);
            }
        }
    }
}
