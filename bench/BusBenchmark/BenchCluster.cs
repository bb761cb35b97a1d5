using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Hosting;
using WsCore.Namespaces;
using WsCore.Redis.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.BusBenchmark;

/// <summary>Two nodes of this process over one Redis: one publishes, on the other a connection whose writes go nowhere is in every room.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private const int MostInFlight = 4096; // less than the bus' queue takes, and less than histories keep

    private readonly IHost _sender;
    private readonly IHost _receiver;
    private readonly ConcurrentQueue<TimeSpan> _latencies = new();
    private int _received;
    private int _expected;
    private TaskCompletionSource _done = new();
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BenchCluster(IHost sender, IHost receiver) => (_sender, _receiver) = (sender, receiver);

    public IWsCore Publisher => _sender.Services.GetRequiredService<IWsCore>();

    public List<string> Rooms { get; } = [];

    public IEnumerable<TimeSpan> Latencies => _latencies;

    public static async Task<BenchCluster> StartAsync(BenchRedis redis, bool history)
    {
        var prefix = $"bench{Guid.NewGuid():N}";
        return new BenchCluster(await HostAsync(redis, history, prefix), await HostAsync(redis, history, prefix));
    }

    public async Task JoinAsync(int rooms)
    {
        var node = _receiver.Services.GetRequiredService<Node>();
        var connection = new Connection(
            new ConnectionIdentity("receiver", null, new ClaimsPrincipal(), null), new LatencyOutput(Received), node.Lanes.Next(), OutboxBounds.From(node.Options.Outbox), node.Clock)
        {
            Allowance = node.RateLimits.Enter(null, null),
        };
        node.Connections.Add(connection);
        for (var i = 0; i < rooms; i++)
        {
            Rooms.Add($"bench:{i}");
            await node.Rooms.JoinAsync(connection, Encoding.UTF8.GetBytes(Rooms[^1]));
        }
    }

    public void Expect(int messages)
    {
        _latencies.Clear();
        _expected = messages;
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _received, 0);
    }

    /// <summary>Waits until the i-th message would not be too many in flight.</summary>
    public async Task WaitForRoomAsync(int i)
    {
        while (i - Volatile.Read(ref _received) > MostInFlight)
        {
            var progress = Volatile.Read(ref _progress).Task;
            if (i - Volatile.Read(ref _received) > MostInFlight)
            {
                await progress;
            }
        }
    }

    public Task ReceivedAsync() => _done.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _sender.StopAsync();
        await _receiver.StopAsync();
        _sender.Dispose();
        _receiver.Dispose();
    }

    private static async Task<IHost> HostAsync(BenchRedis redis, bool history, string prefix)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddWsCore(options =>
        {
            options.Outbox.MaxBytes = options.Outbox.BurstBytes = 256 * 1024 * 1024;
            options.Namespaces["bench"] = new NamespaceOptions { History = { Size = history ? 10_000 : 0 } };
        }).AddRedis(options =>
        {
            options.Connection = redis.ConnectionString;
            options.Prefix = prefix;
        });
        var host = builder.Build();
        await host.StartAsync();
        var backplane = host.Services.GetRequiredService<WsCore.Backplane.IBackplane>();
        await Eventually.Is(() => backplane.Problem is null);
        return host;
    }

    // On the lane of the one receiver: never two at once.
    private void Received(long? sentAt)
    {
        if (sentAt is { } at)
        {
            _latencies.Enqueue(TimeProvider.System.GetElapsedTime(at));
        }

        var received = ++_received;
        if (received % 64 == 0)
        {
            Interlocked.Exchange(ref _progress, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }

        if (received == _expected)
        {
            _done.TrySetResult();
        }
    }
}
