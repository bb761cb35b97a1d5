namespace WsCore.Client.Connections;

/// <summary>Delays between tries, with full jitter: a fleet of clients that lost its server comes back spread out (AWS Architecture Blog, "Exponential Backoff And Jitter").</summary>
/// <remarks>For one thread.</remarks>
internal sealed class Backoff(WsClientOptions options)
{
    private static readonly TimeSpan ElsewhereWithin = TimeSpan.FromSeconds(1);
    private int _tries;

    /// <summary>Before the next try.</summary>
    public TimeSpan Next()
    {
        var bound = Math.Min(options.BackoffCap.TotalMilliseconds, options.BackoffBase.TotalMilliseconds * Math.Pow(2, _tries));
        _tries = Math.Min(_tries + 1, 32);
        return TimeSpan.FromMilliseconds(options.Random.NextDouble() * bound);
    }

    /// <summary>To another node, whose health is no question.</summary>
    public TimeSpan Elsewhere() => options.Random.NextDouble() * ElsewhereWithin;

    public void Reset() => _tries = 0;
}
