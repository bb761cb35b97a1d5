using System.IO.Pipelines;

namespace WsCore.Delivery;

/// <summary>Writes to a pipe of the transport.</summary>
internal sealed class PipeOutput(PipeWriter pipe, Action abort) : IOutput
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        var flush = pipe.WriteAsync(frames);
        if (flush.IsCompletedSuccessfully)
        {
            Check(flush.Result);
            return default;
        }

        return FinishAsync(flush);
    }

    public void Abort() => abort();

    private static async ValueTask FinishAsync(ValueTask<FlushResult> flush) => Check(await flush.ConfigureAwait(false));

    private static void Check(FlushResult result)
    {
        if (result.IsCompleted)
        {
            throw new IOException("The transport has ended.");
        }
    }
}
