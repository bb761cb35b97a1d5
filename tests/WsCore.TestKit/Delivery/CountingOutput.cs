using WsCore.Delivery;

namespace WsCore.TestKit.Delivery;

/// <summary>An output that takes everything at once and only counts: for tests and benchmarks that measure what comes before it.</summary>
internal sealed class CountingOutput : IOutput
{
    private long _bytes;
    private long _writes;

    public long Bytes => Volatile.Read(ref _bytes);

    public long Writes => Volatile.Read(ref _writes);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        _bytes += frames.Length;
        _writes++;
        return default;
    }

    public void Abort()
    {
    }
}
