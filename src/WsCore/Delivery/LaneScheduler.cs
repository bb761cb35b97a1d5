namespace WsCore.Delivery;

/// <summary>Where a turn goes on when it does not end on the spot.</summary>
internal abstract class LaneScheduler
{
    /// <summary>Flushes that whoever posted makes on the spot; 0 sends every turn to <see cref="Continue"/>.</summary>
    public virtual int SpotFlushes => 64;

    /// <summary>How long a turn on the spot may take, for what each flush may cost.</summary>
    public virtual TimeSpan SpotTime => TimeSpan.FromMicroseconds(200);

    /// <summary>Hears of a fault in a turn, which is one of this program's: the lane goes on with the next item. Must not throw.</summary>
    public virtual void Failed(Lane lane, Exception exception)
    {
    }

    /// <summary>Has something run soon, once, on a thread that is in no turn and holds no lock.</summary>
    public virtual void Queue(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);

    /// <summary>A signal for <see cref="WhenComplete"/>.</summary>
    public virtual TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is awaited until <see cref="Complete"/>: whoever awaits it goes on elsewhere, never within the turn or the caller that completes it.</summary>
    public virtual Task WhenComplete(TaskCompletionSource signal) => signal.Task;

    /// <summary>Completes a signal of <see cref="NewSignal"/>; more than once is harmless.</summary>
    public virtual void Complete(TaskCompletionSource signal) => signal.TrySetResult();

    /// <summary>Sees to it that <see cref="Lane.RunAll"/> is called soon, once, on a thread that is in no turn. The caller hands its ownership over.</summary>
    public abstract void Continue(Lane lane);
}
