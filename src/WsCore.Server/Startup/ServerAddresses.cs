using System.Net;
using WsCore.Server.Metrics;

namespace WsCore.Server.Startup;

/// <summary>Where the server listens.</summary>
internal static class ServerAddresses
{
    private const string Default = "http://*:8080";
    private const string Urls = "urls";
    private const string HttpPorts = "http_ports";
    private const string HttpsPorts = "https_ports";

    /// <summary>Listens on port 8080 where nothing else was said: by <c>--urls</c>, <c>ASPNETCORE_URLS</c>, <c>ASPNETCORE_HTTP_PORTS</c>,
    /// <c>ASPNETCORE_HTTPS_PORTS</c>, or settings of these names or Kestrel's in a file; and on the port of the metrics besides, where there is one.</summary>
    /// <remarks>In code, because in appsettings.json it would beat the environment variables, which are read before.</remarks>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The port of the metrics is one of the others.</exception>
    public static void Set(WebApplicationBuilder builder, int? metricsPort = null)
    {
        var said = Said(builder.Configuration);
        if (metricsPort is not { } port)
        {
            if (said.Length == 0)
            {
                builder.WebHost.UseUrls(Default);
            }

            return;
        }

        string[] all = said.Length > 0 ? said : [Default];
        if (Array.Find(all, address => PortOf(address) == port) is { } taken)
        {
            throw MetricsSection.Wrong([$"Metrics:Port must be a port of its own, not {port}, which the server has for everything else ({taken})."]);
        }

        if (OfKestrel(builder.Configuration).Length > 0)
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(port)); // these beat any list of addresses
            return;
        }

        // The server's own first: they are what a browser is pointed to.
        builder.WebHost.UseUrls([.. all, $"http://*:{port}"]);
        builder.WebHost.UseSetting(HttpPorts, "").UseSetting(HttpsPorts, ""); // they are in the list
    }

    /// <summary>The first of the addresses that a browser on this machine can open; null where there is none.</summary>
    public static string? ForBrowser(IEnumerable<string> addresses) => addresses
        .Select(address => BindingAddress.Parse(address))
        .Where(address => !address.IsUnixPipe && !address.IsNamedPipe)
        .Select(address => $"{address.Scheme}://{Host(address.Host)}:{address.Port}/")
        .FirstOrDefault();

    /// <summary>Where a server with these settings answers on its own machine: the first address of http, else of https; null where there is none.</summary>
    /// <exception cref="FormatException">An address is none.</exception>
    public static Uri? ForProbe(IConfiguration configuration) => (Said(configuration) is { Length: > 0 } said ? said : [Default])
        .Select(address => BindingAddress.Parse(address.Trim()))
        .Where(address => !address.IsUnixPipe && !address.IsNamedPipe && address.Port != 0)
        .OrderBy(address => address.Scheme == Uri.UriSchemeHttp ? 0 : 1)
        .Select(address => new Uri($"{address.Scheme}://{LocalHost(address.Host)}:{address.Port}/"))
        .FirstOrDefault();

    // In the platform's order: Kestrel's end points beat addresses, and these beat ports.
    private static string[] Said(IConfiguration configuration) => (OfKestrel(configuration), Split(configuration[Urls])) switch
    {
        ({ Length: > 0 } endpoints, _) => endpoints,
        (_, { Length: > 0 } urls) => urls,
        _ => [.. Split(configuration[HttpPorts]).Select(port => $"http://*:{port}"), .. Split(configuration[HttpsPorts]).Select(port => $"https://*:{port}")],
    };

    private static string[] OfKestrel(IConfiguration configuration) =>
        [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];

    private static string[] Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // What is no address is Kestrel's to refuse.
    private static int? PortOf(string address)
    {
        try
        {
            return BindingAddress.Parse(address).Port;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // Kestrel listens on every interface for a name that is not localhost. By number, because there need be no name server and no hosts file.
    private static string LocalHost(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            ? host
            : "127.0.0.1";

    private static string Host(string host) => host is "*" or "+" or "[::]" or "0.0.0.0" ? "localhost" : host;
}
