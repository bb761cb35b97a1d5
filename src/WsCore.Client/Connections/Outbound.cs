namespace WsCore.Client.Connections;

/// <summary>A message to be sent.</summary>
internal sealed class Outbound(ReadOnlyMemory<byte> bytes, bool isBinary)
{
    private volatile bool _isWithdrawn;
    private long _takenAt = long.MinValue;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public bool IsBinary => isBinary;

    /// <summary>Nobody waits for its answer any more: if it has not left, it does not.</summary>
    public bool IsWithdrawn => _isWithdrawn;

    /// <summary>When it was its turn, by the clock's timestamp; null before.</summary>
    public long? TakenAt => Volatile.Read(ref _takenAt) is > long.MinValue and var at ? at : null;

    public void Take(long at) => Volatile.Write(ref _takenAt, at);

    public void Withdraw() => _isWithdrawn = true;
}
