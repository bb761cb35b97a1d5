using WsCore.Delivery;

namespace WsCore.TestKit.Delivery;

/// <summary>A scheduler whose turns wait until the test runs them, on the test's thread and in the order it likes.</summary>
internal sealed class ManualLaneScheduler : LaneScheduler
{
    private readonly Lock _gate = new();
    private readonly List<Lane> _waiting = [];
    private readonly Queue<IThreadPoolWorkItem> _queued = [];

    /// <summary>0, the default: every turn waits.</summary>
    public int Flushes { get; set; }

    public TimeSpan Time { get; set; } = TimeSpan.FromMicroseconds(200);

    public override int SpotFlushes => Flushes;

    public override TimeSpan SpotTime => Time;

    /// <summary>The lanes whose turns wait, in the order in which they came.</summary>
    public IReadOnlyList<Lane> Waiting
    {
        get
        {
            lock (_gate)
            {
                return [.. _waiting];
            }
        }
    }

    public override void Continue(Lane lane)
    {
        lock (_gate)
        {
            if (_waiting.Contains(lane))
            {
                throw new InvalidOperationException($"Lane {lane.Index} has two owners.");
            }

            _waiting.Add(lane);
        }
    }

    public override void Queue(IThreadPoolWorkItem work)
    {
        lock (_gate)
        {
            _queued.Enqueue(work);
        }
    }

    /// <summary>Runs one turn, or what was queued when no turn waits; false when nothing does.</summary>
    public bool RunOne(int which = 0)
    {
        Lane lane;
        IThreadPoolWorkItem? work = null;
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_queued.TryDequeue(out work))
            {
                return false;
            }
        }

        if (work is not null)
        {
            work.Execute();
            return true;
        }

        lock (_gate)
        {
            lane = _waiting[which % _waiting.Count];
            _waiting.Remove(lane);
        }

        lane.RunAll();
        return true;
    }

    /// <summary>Runs turns until none waits.</summary>
    public void RunAll()
    {
        while (RunOne())
        {
        }
    }
}
