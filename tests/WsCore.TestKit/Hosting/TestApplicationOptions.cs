using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using WsCore.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Hosting;

/// <summary>What a test wants to be different in its application.</summary>
internal sealed class TestApplicationOptions
{
    /// <summary>Decides, among other things, who may connect where nothing is set.</summary>
    public string Environment { get; set; } = "Production";

    /// <summary>The clock of the server; the system's when it is not given. Kestrel's own time-outs keep the system's.</summary>
    public ManualTimeProvider? Time { get; set; }

    /// <summary>Runs after <c>Auth.AllowAnonymous = true</c> and unlimited rates, which is where most tests begin.</summary>
    public Action<WsCoreOptions>? Options { get; set; }

    public Action<IServiceCollection>? Services { get; set; }

    /// <summary>Gets what <c>AddWsCore</c> returned: <c>AddHooks</c>.</summary>
    public Action<WsCoreBuilder>? WsCore { get; set; }

    /// <summary>Middleware and further end points, before <c>MapWsCore</c>.</summary>
    public Action<WebApplication>? Application { get; set; }

    /// <summary>Gets what <c>MapWsCore</c> returned.</summary>
    public Action<IEndpointConventionBuilder>? EndPoint { get; set; }

    public Action<KestrelServerOptions>? Kestrel { get; set; }

    /// <summary>SO_SNDBUF of the server's sockets, so that the system takes little for a reader that does not read.</summary>
    public int? SendBuffer { get; set; }

    /// <summary>The path given to <c>MapWsCore</c>; null for none.</summary>
    public string? Path { get; set; } = "/ws";
}
