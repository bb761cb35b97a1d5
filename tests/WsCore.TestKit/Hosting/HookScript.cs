using WsCore.Access;

namespace WsCore.TestKit.Hosting;

/// <summary>What <see cref="ScriptedHooks"/> do; a test sets what it wants, at any time.</summary>
internal sealed class HookScript
{
    public Func<OpeningContext, CancellationToken, ValueTask>? Opening { get; set; }

    public Func<JoinContext, CancellationToken, ValueTask>? Joining { get; set; }

    public Func<BroadcastContext, CancellationToken, ValueTask>? Broadcasting { get; set; }

    public Func<CallContext, CancellationToken, ValueTask>? Calling { get; set; }

    public Func<DeliveredContext, CancellationToken, ValueTask>? Delivered { get; set; }

    public Func<ClosedContext, ValueTask>? Closed { get; set; }
}
