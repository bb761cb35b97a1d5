using WsCore.Delivery;
using WsCore.History;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Simulation;

/// <summary>What can happen next in a simulated run, and which of it does: a trampoline, on which nothing runs within anything else.</summary>
/// <remarks>
/// A step is a lane's turn, a piece of a replay, the end of a write, a client's deed: whatever a real server runs on a thread of the pool. Those that can run wait side by side, and the seed
/// picks one. The clock moves when nothing can run, and now and then when something can: that is a thread which did not get its turn.
/// One thread; it must have no synchronization context, or continuations would leave it.
/// </remarks>
internal sealed class Steps(Random random, ManualTimeProvider clock) : LaneScheduler
{
    private const int MostWaiting = 2000;

    private readonly List<Step> _ready = [];
    private readonly List<Step> _fresh = [];
    private readonly PriorityQueue<Step, (long Due, long Order)> _timed = new();
    private long _order;
    private int _thread;
    private int _underWay;

    /// <summary>How likely time passes although something could run.</summary>
    public double Haste { get; set; }

    /// <summary>Hears of a fault in a turn.</summary>
    public Action<string, Exception>? OnFailed { get; set; }

    public long Run { get; private set; }

    public override int SpotFlushes => 0;

    public override TaskCompletionSource NewSignal() => new Signal();

    // One for each who waits: of several continuations of a task all but one would go to the pool.
    public override Task WhenComplete(TaskCompletionSource signal)
    {
        if (signal.Task.IsCompleted)
        {
            return Task.CompletedTask;
        }

        var woken = new TaskCompletionSource();
        ((Signal)signal).Waiting.Add(woken);
        return woken.Task;
    }

    public override void Complete(TaskCompletionSource signal)
    {
        if (signal.TrySetResult())
        {
            foreach (var woken in ((Signal)signal).Waiting)
            {
                Soon(StepKind.Signal, 0, woken.SetResult);
            }
        }
    }

    public override void Continue(Lane lane) => Soon(StepKind.Turn, lane.Index, lane.RunAll);

    public override void Queue(IThreadPoolWorkItem work) =>
        Soon(StepKind.CatchUp, work is CatchUp { Connection.Id: var id } ? int.Parse(id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) : 0, work.Execute);

    public override void Failed(Lane lane, Exception exception) => OnFailed?.Invoke($"lane {lane.Index}", exception);

    /// <summary>Adds a step that can run now.</summary>
    /// <param name="kind">With <paramref name="id"/>, decides the order among the steps that one step adds: it does not depend on the order in which a hash table is walked.</param>
    /// <param name="id">Whose it is.</param>
    /// <param name="run">The step.</param>
    public void Soon(StepKind kind, int id, Action run)
    {
        if (Environment.CurrentManagedThreadId != (_thread == 0 ? _thread = Environment.CurrentManagedThreadId : _thread))
        {
            OnFailed?.Invoke($"{kind} {id} comes from another thread", new InvalidOperationException(Environment.StackTrace));
        }

        _fresh.Add(new Step(kind, id, _order++, run));
    }

    /// <summary>Adds a step that can run after a while.</summary>
    public void After(TimeSpan delay, StepKind kind, int id, Action run)
    {
        if (delay <= TimeSpan.Zero)
        {
            Soon(kind, id, run);
        }
        else
        {
            var step = new Step(kind, id, _order++, run);
            _underWay += IsWork(step);
            _timed.Enqueue(step, ((clock.Elapsed + delay).Ticks, step.Order));
        }
    }

    /// <summary>Adds a step once a task is done, of which nobody else may wait for the end.</summary>
    /// <param name="task">When it is done, its continuation runs in the same step.</param>
    /// <param name="kind">See <see cref="Soon"/>.</param>
    /// <param name="id">See <see cref="Soon"/>.</param>
    /// <param name="run">The step.</param>
    /// <param name="atOnce">What is done in the very step that completes the task.</param>
    public void When(Task task, StepKind kind, int id, Action run, Action? atOnce = null)
    {
        if (task.IsCompleted)
        {
            Soon(kind, id, run);
        }
        else
        {
            task.ConfigureAwait(false).GetAwaiter().OnCompleted(() =>
            {
                atOnce?.Invoke();
                Soon(kind, id, run);
            });
        }
    }

    /// <summary>Nothing can run, and nothing that the server or the network is at is under way.</summary>
    public bool IsQuiet => _ready.Count == 0 && _fresh.Count == 0 && _underWay == 0;

    /// <summary>Runs one step, or moves the clock to the next that can run.</summary>
    /// <returns>False when there is nothing left.</returns>
    public bool Next()
    {
        if (_fresh.Count > 1)
        {
            _fresh.Sort(static (a, b) => (a.Kind, a.Id, a.Order).CompareTo((b.Kind, b.Id, b.Order)));
        }

        _ready.AddRange(_fresh);
        _fresh.Clear();
        if (_timed.Count > 0 && (_ready.Count == 0 || (_ready.Count < MostWaiting && random.NextDouble() < Haste)))
        {
            _timed.TryPeek(out _, out var next);
            clock.Advance(TimeSpan.FromTicks(Math.Max(0, next.Due - clock.Elapsed.Ticks)));
            while (_timed.TryPeek(out var due, out var when) && when.Due <= clock.Elapsed.Ticks)
            {
                _timed.Dequeue();
                _underWay -= IsWork(due);
                _ready.Add(due);
            }

            return true;
        }

        if (_ready.Count == 0)
        {
            return false;
        }

        var index = random.Next(_ready.Count);
        var step = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Run++;
        step.Run();
        return true;
    }

    // What a client will do, the end of a dead connection and the next tick are not waited for.
    private static int IsWork(in Step step) => step.Kind is StepKind.Client or StepKind.Network or StepKind.Tick ? 0 : 1;

    private sealed class Signal : TaskCompletionSource
    {
        public List<TaskCompletionSource> Waiting { get; } = [];
    }

    private readonly record struct Step(StepKind Kind, int Id, long Order, Action Run);
}
