namespace WsCore.Server.Metrics;

/// <summary>Makes scrapes, one at a time: who asks while one is being made gets that one.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Scrapes(MetricsCollector collector)
{
    private readonly Lock _gate = new();
    private Task<ReadOnlyMemory<byte>>? _running;

    public Task<ReadOnlyMemory<byte>> TakeAsync()
    {
        lock (_gate)
        {
            return _running is { IsCompleted: false } ? _running : _running = Task.Run(collector.Scrape);
        }
    }
}
