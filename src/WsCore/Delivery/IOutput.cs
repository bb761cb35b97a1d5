using Microsoft.AspNetCore.Http.Features;

namespace WsCore.Delivery;

/// <summary>Where an outbox writes to: one transport connection after its handshake.</summary>
/// <remarks>Only the lane that owns the outbox calls <see cref="WriteAsync"/>, one write at a time; <see cref="Abort"/> may come from any thread.</remarks>
internal interface IOutput
{
    /// <summary>Writes whole frames and flushes them. The memory must stay untouched until the task completes.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> frames);

    /// <summary>Cuts the connection at once; pending reads and writes end.</summary>
    void Abort();

    /// <summary>What can still cut the transport when nobody uses this output any more; null where that is not needed.</summary>
    IHttpRequestLifetimeFeature? Lifetime => null;

    /// <summary>Cancelled when the transport is gone, whether or not anybody reads; never, where a transport cannot tell.</summary>
    CancellationToken Gone => default;
}
