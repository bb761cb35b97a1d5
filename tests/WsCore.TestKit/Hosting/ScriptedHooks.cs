using WsCore.Access;

namespace WsCore.TestKit.Hosting;

/// <summary>Every hook, as the script says.</summary>
internal sealed class ScriptedHooks(HookScript script) : Hooks
{
    public override ValueTask OpeningAsync(OpeningContext context, CancellationToken cancellation) => script.Opening?.Invoke(context, cancellation) ?? default;

    public override ValueTask JoiningAsync(JoinContext context, CancellationToken cancellation) => script.Joining?.Invoke(context, cancellation) ?? default;

    public override ValueTask BroadcastingAsync(BroadcastContext context, CancellationToken cancellation) => script.Broadcasting?.Invoke(context, cancellation) ?? default;

    public override ValueTask CallingAsync(CallContext context, CancellationToken cancellation) => script.Calling?.Invoke(context, cancellation) ?? default;

    public override ValueTask DeliveredAsync(DeliveredContext context, CancellationToken cancellation) => script.Delivered?.Invoke(context, cancellation) ?? default;

    public override ValueTask ClosedAsync(ClosedContext context) => script.Closed?.Invoke(context) ?? default;
}
