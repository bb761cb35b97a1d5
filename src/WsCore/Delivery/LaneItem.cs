using WsCore.Reliability;

namespace WsCore.Delivery;

/// <summary>One entry of a lane's inbox.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Target">A <see cref="Part"/>, <see cref="Outbox"/>, array of outboxes or of frames, <see cref="Subscription"/>, <see cref="Confirmation"/> or
/// <see cref="LaneRetries"/>, as the action says.</param>
/// <param name="Frame">What to send, if anything.</param>
/// <param name="Other">The outbox that a delivery passes over, or that several frames are for.</param>
internal readonly record struct LaneItem(LaneAction Action, object Target, Frame? Frame = null, Outbox? Other = null)
{
    public static LaneItem Deliver(Part part, Frame frame, Outbox? except) => new(LaneAction.Deliver, part, frame, except);

    public static LaneItem DeliverEach(Outbox[] outboxes, Frame frame) => new(LaneAction.DeliverEach, outboxes, frame);

    public static LaneItem Send(Outbox outbox, Frame frame) => new(LaneAction.Send, outbox, frame);

    public static LaneItem ControlPong(Outbox outbox, Frame pong) => new(LaneAction.ControlPong, outbox, pong);

    public static LaneItem EnvelopePong(Outbox outbox, Frame pong) => new(LaneAction.EnvelopePong, outbox, pong);

    public static LaneItem Hold(Outbox outbox) => new(LaneAction.Hold, outbox);

    public static LaneItem Release(Outbox outbox, Frame? reply) => new(LaneAction.Release, outbox, reply);

    public static LaneItem Enter(Subscription subscription) => new(LaneAction.Enter, subscription);

    public static LaneItem Exit(Subscription subscription) => new(LaneAction.Exit, subscription);

    public static LaneItem Replay(Outbox outbox, Frame[] frames) => new(LaneAction.Replay, frames, Frame: null, outbox);

    public static LaneItem Pause(Subscription subscription) => new(LaneAction.Pause, subscription);

    public static LaneItem GoLive(Subscription subscription) => new(LaneAction.GoLive, subscription);

    public static LaneItem AwaitDrain(Outbox outbox) => new(LaneAction.AwaitDrain, outbox);

    public static LaneItem Close(Outbox outbox, Frame closeFrame) => new(LaneAction.Close, outbox, closeFrame);

    public static LaneItem Confirm(Outbox outbox, ReadOnlyMemory<UInt128> ids) => new(LaneAction.Confirm, new Confirmation(outbox, ids));

    public static LaneItem Tick(LaneRetries retries) => new(LaneAction.Tick, retries);

    public static LaneItem Written(Outbox outbox) => new(LaneAction.Written, outbox);

    public static LaneItem Retire(Outbox outbox) => new(LaneAction.Retire, outbox);
}
