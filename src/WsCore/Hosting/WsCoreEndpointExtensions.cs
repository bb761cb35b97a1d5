using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WsCore.Handshake;

namespace WsCore.Hosting;

/// <summary>Gives the server an address.</summary>
public static class WsCoreEndpointExtensions
{
    /// <summary>Maps the WebSocket end point. Authentication and authorisation that the application adds run before it.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">The path, <c>/ws</c> for example; without one, <see cref="WsCoreOptions.Path"/>.</param>
    /// <exception cref="InvalidOperationException"><c>AddWsCore</c> was not called.</exception>
    public static IEndpointConventionBuilder MapWsCore(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string? path = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var endpoint = endpoints.ServiceProvider.GetService<HandshakeEndpoint>()
            ?? throw new InvalidOperationException("Call builder.Services.AddWsCore() before MapWsCore().");
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.Use(HandshakeEndpoint.PrepareAsync);
        pipeline.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        pipeline.Run(endpoint.ServeAsync);
        return endpoints
            .Map(path ?? endpoints.ServiceProvider.GetRequiredService<IOptions<WsCoreOptions>>().Value.Path, pipeline.Build())
            .WithDisplayName("WsCore");
    }
}
