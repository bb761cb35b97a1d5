using WsCore.Delivery;
using WsCore.History;

namespace WsCore.TestKit.History;

/// <summary>Stands before a sink, and keeps messages of others back for as long as the test wants.</summary>
internal sealed class LateSink(IHistorySink sink) : IHistorySink
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _held = [];
    private bool _holds;

    public void Hold()
    {
        lock (_gate)
        {
            _holds = true;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _holds = false;
            while (_held.TryDequeue(out var deliver))
            {
                deliver();
            }
        }
    }

    public void Deliver(string epoch, long seq, Frame frame, Draft? draft)
    {
        lock (_gate)
        {
            if (_holds)
            {
                _held.Enqueue(() => sink.Deliver(epoch, seq, frame, draft: null)); // its request is over by then
            }
            else
            {
                sink.Deliver(epoch, seq, frame, draft);
            }
        }
    }

    public void Begin(string epoch) => sink.Begin(epoch);

    public void Overtaken() => sink.Overtaken();
}
