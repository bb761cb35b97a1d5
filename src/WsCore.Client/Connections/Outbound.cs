namespace WsCore.Client.Connections;

/// <summary>A message to be sent.</summary>
internal sealed class Outbound(ReadOnlyMemory<byte> bytes, bool isBinary)
{
    private volatile bool _isWithdrawn;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public bool IsBinary => isBinary;

    /// <summary>Nobody waits for its answer any more: if it has not left, it does not.</summary>
    public bool IsWithdrawn => _isWithdrawn;

    public void Withdraw() => _isWithdrawn = true;
}
