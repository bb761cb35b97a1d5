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
        var ofKestrel = builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToArray();
        var said = ofKestrel.Length > 0 ? ofKestrel : Said(builder.Configuration);
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

        if (ofKestrel.Length > 0)
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

    // In the platform's order: addresses beat ports.
    private static string[] Said(IConfiguration configuration) => Split(configuration[Urls]) is { Length: > 0 } urls
        ? urls
        : [.. Split(configuration[HttpPorts]).Select(port => $"http://*:{port}"), .. Split(configuration[HttpsPorts]).Select(port => $"https://*:{port}")];

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

    private static string Host(string host) => host is "*" or "+" or "[::]" or "0.0.0.0" ? "localhost" : host;
}
