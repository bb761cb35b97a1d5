using System.Collections.Concurrent;
using WsCore.Delivery;

namespace WsCore.TestKit.Delivery;

/// <summary>Remembers what its outbox told, in order.</summary>
internal sealed class RecordingOwner : IOutboxOwner
{
    private readonly ConcurrentQueue<OutboxEvent> _told = new();

    public OutboxEvent[] Told => [.. _told];

    public void Overflowed() => _told.Enqueue(OutboxEvent.Overflowed);

    public void Drained() => _told.Enqueue(OutboxEvent.Drained);

    public void Unconfirmed() => _told.Enqueue(OutboxEvent.Unconfirmed);

    public void GivenUp(IReadOnlyList<Frame> messages) => _told.Enqueue(OutboxEvent.GivenUp);

    public void CloseWritten() => _told.Enqueue(OutboxEvent.CloseWritten);

    public void WriteFailed() => _told.Enqueue(OutboxEvent.WriteFailed);

    public void Retired() => _told.Enqueue(OutboxEvent.Retired);
}
