using WsCore.History;
using WsCore.Protocol;
using WsCore.Redis.Bus;

namespace WsCore.Redis.History;

/// <summary>A message that this node appends, from before the script is run until the room's stream has come to its place.</summary>
/// <remarks>Belongs to the gate of the stream that it was added to; what is set before that does not change afterwards.</remarks>
/// <param name="append">The message, and where it goes.</param>
/// <param name="envelope">As it goes over the bus. Its payload is the frame's, not the request's: it may be delivered after the request is over.</param>
/// <param name="frameLength">Bytes of its frame.</param>
internal sealed class OwnAppend(Append append, BusEnvelope envelope, int frameLength)
{
    private TaskCompletionSource? _settled;

    public Append Append { get; } = append;

    public BusEnvelope Envelope { get; } = envelope;

    public int FrameLength { get; } = frameLength;

    /// <summary>Where it was added; null where nobody of this node was in the room.</summary>
    public RoomStream? Stream { get; set; }

    /// <summary>It was added when it had its place already: whoever came meanwhile may have come after it.</summary>
    public bool IsLate { get; set; }

    public OwnState State { get; private set; }

    /// <summary>Its place; null until that is known.</summary>
    public Position? Position { get; set; }

    /// <summary>Why it could not be numbered.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Completes when it waits no more; what the deliverer wrote is visible to whoever awaits it, who is woken on another thread.</summary>
    public Task Settled
    {
        get
        {
            if (State != OwnState.Waiting)
            {
                return Task.CompletedTask;
            }

            _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _settled.Task;
        }
    }

    public void Settle(OwnState state, Exception? failure = null)
    {
        if (State == OwnState.Waiting)
        {
            (State, Failure) = (state, failure);
            _settled?.SetResult();
        }
    }
}
