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

    private static string Host(string host) => host is "*" or "+" or "[::]" or "0.0.0.0" ? "localhost" : host;
}
