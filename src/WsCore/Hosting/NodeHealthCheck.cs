using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WsCore.Hosting;

/// <summary>Unhealthy once the node takes no connections any more, and while its messages do not reach the other nodes.</summary>
internal sealed class NodeHealthCheck(Node node) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((node.IsStopping ? Node.StoppingReason : node.Stores.Backplane.Problem) is { } problem
            ? new HealthCheckResult(context.Registration.FailureStatus, problem)
            : HealthCheckResult.Healthy());
}
