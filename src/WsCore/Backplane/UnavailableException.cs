namespace WsCore.Backplane;

/// <summary>What was asked for cannot be done now, because what the nodes share (say Redis) is away or does not answer. It is not known whether it took effect.</summary>
/// <remarks>Clients are told <c>unavailable</c> with <c>retryAfter</c>.</remarks>
/// <param name="message">A sentence for whoever asked.</param>
/// <param name="inner">What went wrong, for the log; null where it was not even tried.</param>
public sealed class UnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When to try again. Default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
