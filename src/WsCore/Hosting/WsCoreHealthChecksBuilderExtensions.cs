using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WsCore.Hosting;

/// <summary>Tells load balancers when the server takes connections.</summary>
public static class WsCoreHealthChecksBuilderExtensions
{
    /// <summary>The tag of the check unless others are given: map it with
    /// <c>MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") })</c>.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Adds a check that fails from the moment when the server begins to stop: its connections are being closed with 4200, new ones are
    /// refused with 503; and while its messages do not reach the other nodes, where it is one of several. It asks nothing of the network and is over at once. Needs <c>AddWsCore</c> on the services too.</summary>
    /// <param name="builder">What <c>services.AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What it reports then; <see cref="HealthStatus.Unhealthy"/> when not given.</param>
    /// <param name="tags"><see cref="ReadyTag"/> when not given.</param>
    public static IHealthChecksBuilder AddWsCore(
        this IHealthChecksBuilder builder, string name = "wscore", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<NodeHealthCheck>(name, failureStatus, tags ?? [ReadyTag]);
    }
}
