using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace WsCore.Client;

/// <summary>How a client behaves. It is copied when a client is made.</summary>
public sealed record WsClientOptions
{
    /// <summary>How long the way to a <c>welcome</c> may take, the handshake included. Default 15 s, 1 ms to 10 min.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an answer may take. Default 10 s, 1 ms to 10 min.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long what has a <c>once</c> is kept and repeated until it is answered, over however many connections. Default 2 min, 1 ms to 1 h. It must be shorter than the server's
    /// <c>Dedupe:Window</c> (5 min): what is repeated later could take effect twice.
    /// </summary>
    public TimeSpan RepeatFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The back-off before the first repeated try, doubled with each, of which a random part is taken (full jitter). Default 0.5 s, 1 ms to 1 h.</summary>
    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The most that the back-off grows to. Default 20 s, 1 ms to 1 h, not under <see cref="BackoffBase"/>.</summary>
    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection must have lived for the back-off to begin anew. Default 10 s, 0 to 1 h.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many requests may be unanswered. One more is refused with <see cref="WsClientException"/>. Default 1,000, 1 to 1,000,000.</summary>
    public int MaxPending { get; init; } = 1000;

    /// <summary>How many bytes these requests and what waits to be sent may have, each. Default 4 MiB, 1 KiB to 1 GiB.</summary>
    public int MaxPendingBytes { get; init; } = 4 << 20;

    /// <summary>How many messages may wait for <see cref="WsClient.ReadMessagesAsync"/>. What rooms with history say beyond it is fetched again when there is place. Default 1,000, 1 to 1,000,000.</summary>
    public int InboxSize { get; init; } = 1000;

    /// <summary>Hold back what is over the rate that the server told, instead of having it refused. Default true.</summary>
    public bool Pace { get; init; } = true;

    /// <summary>Headers of the handshake, such as <c>Origin</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>What makes the connections, for whoever wants a proxy, certificates or a local address. It is not disposed. Default: one for all clients.</summary>
    public HttpMessageInvoker? Invoker { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What the jitter of the back-off is taken from. Must be safe for threads. Default <see cref="Random.Shared"/>.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where to log. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal WsClientOptions Validate()
    {
        Check(ConnectTimeout, TimeSpan.FromMinutes(10), nameof(ConnectTimeout));
        Check(RequestTimeout, TimeSpan.FromMinutes(10), nameof(RequestTimeout));
        Check(RepeatFor, TimeSpan.FromHours(1), nameof(RepeatFor));
        Check(BackoffBase, TimeSpan.FromHours(1), nameof(BackoffBase));
        Check(BackoffCap, TimeSpan.FromHours(1), nameof(BackoffCap));
        if (BackoffCap < BackoffBase)
        {
            throw new ArgumentException("BackoffCap is under BackoffBase.");
        }

        if (StableAfter < TimeSpan.Zero || StableAfter > TimeSpan.FromHours(1))
        {
            throw new ArgumentException("StableAfter must be 0 to 1 hour.");
        }

        Check(MaxPending, 1, 1_000_000, nameof(MaxPending));
        Check(MaxPendingBytes, 1024, 1 << 30, nameof(MaxPendingBytes));
        Check(InboxSize, 1, 1_000_000, nameof(InboxSize));
        return this;
    }

    private static void Check(TimeSpan value, TimeSpan most, string name)
    {
        if (value < TimeSpan.FromMilliseconds(1) || value > most)
        {
            throw new ArgumentException($"{name} is {value}, and must be 1 ms to {most}.");
        }
    }

    private static void Check(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"{name} is {value}, and must be {least} to {most}.");
        }
    }
}
