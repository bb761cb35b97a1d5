namespace WsCore.Delivery;

/// <summary>Writes to a stream, where a server has no pipe to offer.</summary>
internal sealed class StreamOutput(Stream stream, Action abort) : IOutput
{
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        await stream.WriteAsync(frames).ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
    }

    public void Abort() => abort();
}
