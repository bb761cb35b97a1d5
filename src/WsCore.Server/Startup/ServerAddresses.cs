using System.Net;

namespace WsCore.Server.Startup;

/// <summary>Where the server listens.</summary>
internal static class ServerAddresses
{
    private const string Default = "http://*:8080";

    private static readonly string[] Settings = ["urls", "http_ports", "https_ports"];

    /// <summary>Listens on port 8080 where nothing else was said: by <c>--urls</c>, <c>ASPNETCORE_URLS</c>, <c>ASPNETCORE_HTTP_PORTS</c>,
    /// <c>ASPNETCORE_HTTPS_PORTS</c>, or settings of these names or Kestrel's in a file.</summary>
    /// <remarks>In code, because in appsettings.json it would beat the environment variables, which are read before.</remarks>
    public static void SetDefault(WebApplicationBuilder builder)
    {
        var said = Settings.Any(setting => !string.IsNullOrWhiteSpace(builder.Configuration[setting]))
            || builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        if (!said)
        {
            builder.WebHost.UseUrls(Default);
        }
    }

    /// <summary>The first of the addresses that a browser on this machine can open; null where there is none.</summary>
    public static string? ForBrowser(IEnumerable<string> addresses) => addresses
        .Select(address => BindingAddress.Parse(address))
        .Where(address => !address.IsUnixPipe && !address.IsNamedPipe)
        .Select(address => $"{address.Scheme}://{Host(address.Host)}:{address.Port}/")
        .FirstOrDefault();

    /// <summary>Where a server with these settings answers on its own machine: the first address of http, else of https; null where there is none.</summary>
    /// <remarks>The order of the platform: Kestrel's end points, then addresses, then ports.</remarks>
    /// <exception cref="FormatException">An address is none.</exception>
    public static Uri? ForProbe(IConfiguration configuration) => Said(configuration)
        .Select(address => BindingAddress.Parse(address.Trim()))
        .Where(address => !address.IsUnixPipe && !address.IsNamedPipe && address.Port != 0)
        .OrderBy(address => address.Scheme == Uri.UriSchemeHttp ? 0 : 1)
        .Select(address => new Uri($"{address.Scheme}://{LocalHost(address.Host)}:{address.Port}/"))
        .FirstOrDefault();

    private static IEnumerable<string> Said(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToList();
        if (endpoints.Count > 0)
        {
            return endpoints;
        }

        var addresses = Listed(configuration["urls"]);
        if (addresses.Length > 0)
        {
            return addresses;
        }

        string[] ports =
        [
            .. Listed(configuration["http_ports"]).Select(port => $"http://*:{port}"),
            .. Listed(configuration["https_ports"]).Select(port => $"https://*:{port}"),
        ];
        return ports.Length > 0 ? ports : [Default];
    }

    private static string[] Listed(string? text) => text?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    // Kestrel listens on every interface for a name that is not localhost. By number, because there need be no name server and no hosts file.
    private static string LocalHost(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            ? host
            : "127.0.0.1";

    private static string Host(string host) => host is "*" or "+" or "[::]" or "0.0.0.0" ? "localhost" : host;
}
