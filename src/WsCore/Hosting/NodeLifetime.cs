using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsCore.Heartbeat;

namespace WsCore.Hosting;

/// <summary>Starts the periodic work with the host, and lets the connections go (<see cref="Drain"/>) before the host's server stops.</summary>
/// <remarks>A timer calls again though its last call has not returned. A part that is still at work is left out then, and the others are not.</remarks>
internal sealed partial class NodeLifetime(Node node, ILogger<NodeLifetime> logger) : IHostedLifecycleService, IDisposable
{
    private readonly int[] _atWork = new int[node.Ticked.Count];
    private ITimer? _sweep;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _sweep = node.Time.CreateTimer(_ => Tick(), null, HeartbeatSweeper.Period, HeartbeatSweeper.Period);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => new Drain(node, Random.Shared, logger).RunAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The server has stopped, so every connection has ended and every hook that hears of it has begun.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await node.Afterwards.WhenDone().WaitAsync(node.Options.Limits.CloseTimeout, node.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            HooksLeft(logger);
        }
    }

    public void Dispose() => _sweep?.Dispose();

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "Stopped before every hook had heard which connections were closed")]
    private static partial void HooksLeft(ILogger logger);

    [LoggerMessage(EventId = 6001, Level = LogLevel.Critical, Message = "The periodic work of {Part} failed")]
    private static partial void TickFailed(ILogger logger, Exception exception, string part);

    private void Tick()
    {
        for (var i = 0; i < _atWork.Length; i++)
        {
            if (Interlocked.Exchange(ref _atWork[i], 1) == 0)
            {
                Tick(node.Ticked[i]);
                Volatile.Write(ref _atWork[i], 0);
            }
        }
    }

    private void Tick(ITicked part)
    {
        try
        {
            part.Tick();
        }
        catch (Exception exception)
        {
            TickFailed(logger, exception, part.GetType().Name); // on a timer's thread it would end the process
        }
    }
}
