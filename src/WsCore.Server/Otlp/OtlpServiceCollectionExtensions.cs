using WsCore.Backplane;

namespace WsCore.Server.Otlp;

internal static class OtlpServiceCollectionExtensions
{
    /// <summary>Pushes metrics where the environment says so; else nothing of OpenTelemetry is started.</summary>
    public static void AddOtlp(this IServiceCollection services)
    {
        if (OtlpSettings.Read(Environment.GetEnvironmentVariable) is { } endpoint)
        {
            services.AddSingleton(provider => new OtlpExport(
                endpoint, provider.GetRequiredService<NodeId>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<OtlpExport>>()));
            services.AddHostedService(provider => provider.GetRequiredService<OtlpExport>());
        }
    }

    /// <summary>Begins to collect what will be pushed, where anything will.</summary>
    public static void ListenForOtlp(this IServiceProvider services) => services.GetService<OtlpExport>()?.Listen();
}
