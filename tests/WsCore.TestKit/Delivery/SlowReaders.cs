using System.Threading.Tasks.Sources;
using WsCore.Delivery;

namespace WsCore.TestKit.Delivery;

/// <summary>Outputs that take nothing until they are all opened at once.</summary>
/// <remarks>Of one thread. What waits is completed on the caller's stack, and nothing is allocated, so that what is measured is the server's.</remarks>
internal sealed class SlowReaders
{
    private readonly List<Output> _waiting = [];
    private bool _open;

    /// <summary>Writes that have not ended.</summary>
    public int Waiting => _waiting.Count;

    public IOutput Make() => new Output(this);

    /// <summary>Takes everything; what comes later waits again.</summary>
    public void TakeAll()
    {
        _open = true;
        foreach (var output in _waiting)
        {
            output.Complete();
        }

        _waiting.Clear();
        _open = false;
    }

    private sealed class Output(SlowReaders all) : IOutput, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _write;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
        {
            if (all._open)
            {
                return default;
            }

            _write.Reset();
            all._waiting.Add(this);
            return new ValueTask(this, _write.Version);
        }

        public void Abort()
        {
        }

        public void Complete() => _write.SetResult(true);

        public void GetResult(short token) => _write.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _write.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _write.OnCompleted(continuation, state, token, flags);
    }
}
