using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using WsCore.Backplane;
using WsCore.Server.Metrics;

namespace WsCore.Server.Otlp;

/// <summary>Pushes the same instruments as <c>/metrics</c> shows to a collector, as long as the host runs.</summary>
/// <remarks>
/// Pushed once more when everything else has stopped, so that the collector sees how the drain went, with a bound: a collector that is away must not keep the process.
/// </remarks>
internal sealed class OtlpExport(string endpoint, NodeId node, TimeProvider time, ILogger<OtlpExport> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan LastPush = TimeSpan.FromSeconds(5);

    private MeterProvider? _provider;
    private OtlpFailures? _failures;

    /// <summary>Listens from now on. To be called before anything counts: a counter that is first pushed when it is more than 0 has no rate.</summary>
    public void Listen()
    {
        _failures = new OtlpFailures(time, logger);
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                .AddService("wscore", serviceInstanceId: node.Text)
                .AddTelemetrySdk()
                .AddEnvironmentVariableDetector()) // the last wins: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES
            .AddMeter([.. InstrumentSelection.Meters])
            .AddView(static instrument => InstrumentSelection.Includes(instrument) ? null : MetricStreamConfiguration.Drop)
            .AddOtlpExporter()
            .Build();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        OtlpLog.Started(logger, endpoint);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.Run(() => _provider?.Shutdown((int)LastPush.TotalMilliseconds), CancellationToken.None);

    public void Dispose()
    {
        _provider?.Dispose();
        _failures?.Dispose();
    }
}
