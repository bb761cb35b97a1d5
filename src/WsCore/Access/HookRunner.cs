using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WsCore.Access;

/// <summary>Calls the hooks that want to be called, each in a scope of its own.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class HookRunner(IEnumerable<HookRegistration> registrations, IServiceScopeFactory scopes, PayloadLimit limit, ILogger<HookRunner> logger)
{
    private readonly HookRegistration[] _registrations = [.. registrations];
    private readonly HookPoints _wanted = registrations.Aggregate(HookPoints.None, (points, registration) => points | registration.Points);

    public bool Wants(HookPoints point) => (_wanted & point) != 0;

    public ValueTask OpeningAsync(OpeningContext context, CancellationToken cancellation) =>
        RunAsync(HookPoints.Opening, context, cancellation, static (hooks, context, cancellation) => hooks.OpeningAsync(context, cancellation));

    public ValueTask JoiningAsync(JoinContext context) =>
        RunAsync(HookPoints.Joining, context, context.Connection.Closed, static (hooks, context, cancellation) => hooks.JoiningAsync(context, cancellation));

    /// <exception cref="ArgumentException">A hook has set a payload that is too large.</exception>
    public async ValueTask BroadcastingAsync(BroadcastContext context)
    {
        await RunAsync(HookPoints.Broadcasting, context, context.Connection.Closed, static (hooks, context, cancellation) => hooks.BroadcastingAsync(context, cancellation))
            .ConfigureAwait(false);
        if (context.IsReplaced)
        {
            limit.Check(context.Payload, nameof(BroadcastContext.Payload));
        }

        limit.CheckSum(context.Additions);
    }

    /// <exception cref="ArgumentException">A hook has answered with a payload that is too large.</exception>
    public async ValueTask CallingAsync(CallContext context)
    {
        await RunAsync(HookPoints.Calling, context, context.Connection.Closed, static (hooks, context, cancellation) => hooks.CallingAsync(context, cancellation))
            .ConfigureAwait(false);
        if (context.Answer is { } answer)
        {
            limit.Check(answer, nameof(CallContext.Reply));
        }
    }

    /// <summary>Does not throw: the message is out and its sender has been answered, so a failure is the log's business only.</summary>
    public async ValueTask DeliveredAsync(DeliveredContext context)
    {
        try
        {
            await RunAsync(HookPoints.Delivered, context, context.Connection.Closed, static (hooks, context, cancellation) => hooks.DeliveredAsync(context, cancellation))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.Connection.Closed.IsCancellationRequested)
        {
            // The sender is gone, and the hook gave up because of it.
        }
        catch (Exception exception)
        {
            DeliveredHookFailed(logger, exception, context.Connection.Id);
        }
    }

    public ValueTask ClosedAsync(ClosedContext context) =>
        RunAsync(HookPoints.Closed, context, default, static (hooks, context, _) => hooks.ClosedAsync(context));

    public ValueTask GivenUpAsync(GivenUpContext context) =>
        RunAsync(HookPoints.GivenUp, context, default, static (hooks, context, _) => hooks.GivenUpAsync(context));

    private async ValueTask RunAsync<TContext>(
        HookPoints point, TContext context, CancellationToken cancellation, Func<Hooks, TContext, CancellationToken, ValueTask> call)
    {
        foreach (var registration in _registrations)
        {
            if ((registration.Points & point) == 0)
            {
                continue;
            }

            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                await call((Hooks)scope.ServiceProvider.GetRequiredService(registration.Type), context, cancellation).ConfigureAwait(false);
            }

            if (context is RefusableContext { IsRefused: true })
            {
                return;
            }
        }
    }
}
