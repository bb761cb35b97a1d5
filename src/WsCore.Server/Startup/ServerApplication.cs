using Microsoft.Extensions.Options;
using WsCore.Hosting;
using WsCore.Redis.Hosting;
using WsCore.Server.Api;
using WsCore.Server.Health;
using WsCore.Server.Logs;
using WsCore.Server.Metrics;
using WsCore.Server.Otlp;
using WsCore.Server.Playground;

namespace WsCore.Server.Startup;

/// <summary>What the server consists of.</summary>
internal static class ServerApplication
{
    public static WebApplication Build(string[] args, StartupFilter startup)
    {
        // appsettings.json is the one beside the program, wherever it was started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        ServerLog.AddTo(builder, startup);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var section = builder.Configuration.GetSection(WsCoreOptions.Section);
        var (metrics, api) = MetricsSection.Read(section);
        ServerAddresses.Set(builder, metrics.Port);
        var wsCore = builder.Services.AddWsCore(section);
        if (!string.IsNullOrWhiteSpace(section[$"{RedisOptions.Section}:{nameof(RedisOptions.Connection)}"]))
        {
            wsCore.AddRedis(section.GetSection(RedisOptions.Section));
        }

        builder.Services.AddSingleton<IValidateOptions<WsCoreOptions>, AnonymousRule>();
        builder.Services.AddHealthChecks().AddWsCore();
        builder.Services.AddSingleton(metrics).AddSingleton(api).AddSingleton<MetricsCollector>();
        builder.Services.AddOtlp();

        var app = builder.Build();
        app.Services.ListenForOtlp();
        app.MapMetrics(metrics, api);
        app.MapWsCore();
        app.MapHealth();
        if (app.Environment.IsDevelopment())
        {
            app.MapPlayground();
        }

        return app;
    }

    /// <summary>Where to point a browser, once the addresses are known; and what is off until somebody turns it on.</summary>
    public static void TellUsers(WebApplication app)
    {
        MetricsEndpoint.TellWhereOff(app, app.Services.GetRequiredService<MetricsOptions>(), app.Services.GetRequiredService<ApiOptions>());
        if (app.Environment.IsDevelopment() && ServerAddresses.ForBrowser(app.Urls) is { } address)
        {
            PlaygroundLog.Ready(app.Logger, address);
        }
    }
}
