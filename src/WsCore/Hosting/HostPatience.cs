using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace WsCore.Hosting;

/// <summary>Raises the host's shutdown time-out above the drain's, and never lowers it: a host that loses patience first would cut connections that were told to wait.</summary>
internal sealed class HostPatience(IOptions<WsCoreOptions> options) : IPostConfigureOptions<HostOptions>
{
    /// <summary>For what stops after the connections: hooks that hear of their ends, the server, the application's own services.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    public void PostConfigure(string? name, HostOptions host)
    {
        try
        {
            var least = options.Value.Drain.Timeout + Margin;
            if (host.ShutdownTimeout != Timeout.InfiniteTimeSpan && host.ShutdownTimeout < least)
            {
                host.ShutdownTimeout = least;
            }
        }
        catch (OptionsValidationException)
        {
            // The host asks for its options when it is built; that ours are wrong is told, all at once, when it starts.
        }
    }
}
