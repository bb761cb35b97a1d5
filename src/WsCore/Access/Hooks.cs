namespace WsCore.Access;

/// <summary>Where an application takes part: derive, override what is wanted, register with <c>AddHooks</c>.</summary>
/// <remarks>
/// Each call has a dependency-injection scope of its own and a new instance, so constructor injection works as in a controller. The calls of one connection
/// come one after the other, in its messages' order, and a slow hook holds up that connection only; those of different connections run at the same time.
/// No lock is held. What a hook throws is logged, and the client gets <c>internal_error</c> (for <see cref="OpeningAsync"/>: close code 1011).
/// Several hooks classes are asked in the order of registration; the first refusal ends it. <see cref="DeliveredAsync"/>, <see cref="ClosedAsync"/> and <see cref="GivenUpAsync"/> tell
/// of what has happened, so there is nothing left to refuse. The token is cancelled when the connection ends.
/// </remarks>
public abstract class Hooks
{
    /// <summary>A client wants to connect. Refused: the connection is closed with 4003 and the reason.</summary>
    public virtual ValueTask OpeningAsync(OpeningContext context, CancellationToken cancellation) => default;

    /// <summary>A connection wants to join a room.</summary>
    public virtual ValueTask JoiningAsync(JoinContext context, CancellationToken cancellation) => default;

    /// <summary>A connection wants to broadcast or send.</summary>
    public virtual ValueTask BroadcastingAsync(BroadcastContext context, CancellationToken cancellation) => default;

    /// <summary>A connection calls. Neither answered nor refused by any hook: <c>not_found</c>.</summary>
    /// <remarks>What is thrown is not remembered for the call's <c>once</c>, so a repetition calls again: look at the token before the effect, not after it.</remarks>
    public virtual ValueTask CallingAsync(CallContext context, CancellationToken cancellation) => default;

    /// <summary>A message was delivered. What this throws is only logged: its sender has been answered.</summary>
    public virtual ValueTask DeliveredAsync(DeliveredContext context, CancellationToken cancellation) => default;

    /// <summary>A connection has ended, also one that <see cref="OpeningAsync"/> refused.</summary>
    public virtual ValueTask ClosedAsync(ClosedContext context) => default;

    /// <summary>A reliable message was given up: its receiver did not confirm it, however often it came. Once for each receiver; those of the node come one after the
    /// other, and a slow hook keeps up to 10,000 waiting. What this throws is only logged. Messages whose connection ends before are not told of: see <see cref="ClosedAsync"/>.</summary>
    public virtual ValueTask GivenUpAsync(GivenUpContext context) => default;
}
