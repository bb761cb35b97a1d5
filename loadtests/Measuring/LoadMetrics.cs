using System.Collections.Concurrent;

namespace WsCore.LoadTests.Measuring;

/// <summary>Everything that is counted during a run. All of it may be used by any thread.</summary>
internal sealed class LoadMetrics
{
    private readonly ConcurrentDictionary<string, LatencyHistogram> _steps = new(StringComparer.Ordinal);

    /// <summary>Messages that reached a receiver, each once for each receiver.</summary>
    public StripedCounter Delivered { get; } = new();

    /// <summary>The bytes of WebSocket frames that arrived.</summary>
    public StripedCounter BytesIn { get; } = new();

    /// <summary>Messages that were sent.</summary>
    public StripedCounter Sent { get; } = new();

    /// <summary>What came twice although it must not.</summary>
    public StripedCounter Duplicates { get; } = new();

    /// <summary>What came after a message that was sent, or numbered, later.</summary>
    public StripedCounter OutOfOrder { get; } = new();

    /// <summary>Reliable messages that came another time.</summary>
    public StripedCounter Retries { get; } = new();

    /// <summary>Connections that are open now.</summary>
    public StripedCounter Open { get; } = new();

    /// <summary>Connections that were made.</summary>
    public StripedCounter Opened { get; } = new();

    /// <summary>Requests and connections that failed, by code.</summary>
    public CodeCounts Errors { get; } = new();

    /// <summary>What was refused to those whose task is to misbehave, by code.</summary>
    public CodeCounts Refusals { get; } = new();

    /// <summary>Connections that ended without the tester ending them, by close code.</summary>
    public CodeCounts Closes { get; } = new();

    /// <summary>Connections whose task was to be closed, by close code.</summary>
    public CodeCounts ExpectedCloses { get; } = new();

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<string> Steps => [.. _steps.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The latencies of a step.</summary>
    public LatencyHistogram Step(string name) => _steps.GetOrAdd(name, static _ => new LatencyHistogram());
}
