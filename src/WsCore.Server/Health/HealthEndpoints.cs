using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using WsCore.Hosting;

namespace WsCore.Server.Health;

/// <summary>What orchestrators and load balancers ask. The answer is one word of text, never cached.</summary>
internal static class HealthEndpoints
{
    /// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: and it takes connections; 503 once it is stopping, and while Redis, where it has one, does not answer.</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(WsCoreHealthChecksBuilderExtensions.ReadyTag),
        });
    }
}
