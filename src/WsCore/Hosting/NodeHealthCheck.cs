using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WsCore.Hosting;

/// <summary>Unhealthy once the node takes no connections any more.</summary>
internal sealed class NodeHealthCheck(Node node) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(node.IsStopping
            ? new HealthCheckResult(context.Registration.FailureStatus, Node.StoppingReason)
            : HealthCheckResult.Healthy());
}
