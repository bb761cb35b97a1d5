using Microsoft.Extensions.Hosting;
using WsCore.Hosting;
using WsCore.Redis.Link;
using WsCore.Redis.Nodes;

namespace WsCore.Redis.Hosting;

/// <summary>Starts the link with the host, before connections are taken, and waits for nothing: Redis need not be there. Takes the node out of the list when its connections are gone.</summary>
/// <param name="node">Not used, but there: whoever wants to hear from the link has said so by now.</param>
/// <param name="link">Ended by the container.</param>
/// <param name="nodes">The list.</param>
internal sealed class RedisLifetime(Node node, IRedisLink link, NodeDirectory nodes) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _ = node;
        link.Start();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await nodes.DepartAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the lease ends; a failure here would make an error of the host's stop
        }
    }
}
