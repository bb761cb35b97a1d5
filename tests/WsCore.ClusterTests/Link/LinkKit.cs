using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsCore.Redis.Bus;
using WsCore.Redis.Hosting;
using WsCore.Redis.Link;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>A link of one node to a Redis of the tests, with everything that it was told. Disposing stops it.</summary>
internal sealed class LinkKit : IAsyncDisposable, ILogger<RedisLink>
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private int _restored;

    private LinkKit(string connection, string node, Action<RedisOptions>? configure)
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _counts.AddOrUpdate(tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}", value, (_, sum) => sum + value));
        _listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => _counts.AddOrUpdate(instrument.Name, 1, (_, sum) => sum + 1));
        _listener.Start();
        var options = new RedisOptions { Connection = connection };
        configure?.Invoke(options);
        Link = new RedisLink(options, node, TimeProvider.System, factory, this);
        Link.OnRestored(() => Interlocked.Increment(ref _restored));
        Link.On(BusKind.Message, (_, envelope) =>
        {
            Received.Enqueue(envelope);
            return default;
        });
    }

    public RedisLink Link { get; }

    public ConcurrentQueue<BusEnvelope> Received { get; } = new();

    /// <summary>What was logged: <c>number text</c>.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public int Restored => Volatile.Read(ref _restored);

    /// <summary>The sum of a counter, its only tag's value behind it if it has one; of a histogram how many there were.</summary>
    public long Counted(string counter) => _counts.GetValueOrDefault(counter);

    /// <summary>Starts it and does not wait.</summary>
    public static LinkKit Start(string connection, string node = "n1", Action<RedisOptions>? configure = null)
    {
        var kit = new LinkKit(connection, node, configure);
        kit.Link.Start();
        return kit;
    }

    /// <summary>Starts it and waits until it is up.</summary>
    public static async Task<LinkKit> UpAsync(string connection, string node = "n1", Action<RedisOptions>? configure = null)
    {
        var kit = Start(connection, node, configure);
        await Eventually.Is(() => kit.Link.IsUp && kit.Restored > 0, "the link is up");
        return kit;
    }

    public static BusEnvelope Message(string node, ReadOnlyMemory<byte> payload = default, UInt128 id = default) =>
        new() { Kind = BusKind.Message, Node = node, Epoch = "", Payload = payload, Id = id };

    public bool Publish(Topic topic, ReadOnlyMemory<byte> payload = default, UInt128 id = default) =>
        Link.TryPublish(topic, Link.Codec.Write(Message(Link.NodeId, payload, id)));

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue($"{eventId.Id} {formatter(state, exception)} {exception}");

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        _listener.Dispose();
        await _services.DisposeAsync();
    }
}
