namespace WsCore.Delivery;

/// <summary>The queues of one lane that no outbox needs just now.</summary>
/// <remarks>Owned by the lane. Bounded in number and in the size of each, so that a burst does not stay in memory.</remarks>
internal sealed class FrameQueuePool
{
    private const int MaxQueues = 2048;
    private const int MaxCapacity = 256;

    private readonly Stack<Queue<Frame>> _spare = new();

    public Queue<Frame> Rent() => _spare.TryPop(out var queue) ? queue : new Queue<Frame>(4);

    public void Return(Queue<Frame> emptied)
    {
        if (_spare.Count < MaxQueues && emptied.Capacity <= MaxCapacity)
        {
            _spare.Push(emptied);
        }
    }
}
