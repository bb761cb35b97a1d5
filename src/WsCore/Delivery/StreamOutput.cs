namespace WsCore.Delivery;

/// <summary>Writes to a stream: any transport, TLS included.</summary>
internal sealed class StreamOutput(Stream stream, Action abort) : IOutput
{
    // Kestrel's upgraded stream flushes with every write; a flush of its own would only cost a second pass through its locks.
    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames) => stream.WriteAsync(frames);

    public void Abort() => abort();
}
