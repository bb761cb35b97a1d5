using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace WsCore.Delivery;

/// <summary>Writes to the transport's own pipe, which copies what it is given and is emptied by the transport.</summary>
internal sealed class PipeOutput(PipeWriter pipe, IHttpRequestLifetimeFeature lifetime) : IOutput
{
    public IHttpRequestLifetimeFeature? Lifetime => lifetime;

    public CancellationToken Gone => lifetime.RequestAborted;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        var flush = pipe.WriteAsync(frames);
        if (!flush.IsCompletedSuccessfully)
        {
            return FinishAsync(flush);
        }

        Check(flush.Result);
        return default;
    }

    public void Abort() => lifetime.Abort();

    private static async ValueTask FinishAsync(ValueTask<FlushResult> flush) => Check(await flush.ConfigureAwait(false));

    private static void Check(FlushResult result)
    {
        if (result.IsCompleted)
        {
            throw new IOException("The transport has ended.");
        }
    }
}
