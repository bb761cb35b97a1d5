using WsCore.Backplane;
using WsCore.Reliability;

namespace WsCore.Redis.Once;

/// <summary>One who waits to hear what becomes of its claim.</summary>
/// <param name="fingerprint">Of what it asks.</param>
/// <param name="since">The timestamp at which it came.</param>
internal sealed class OnceWaiter(Fingerprint fingerprint, long since)
{
    private readonly TaskCompletionSource<OnceClaim> _told = new(TaskCreationOptions.RunContinuationsAsynchronously); // so it may be told under a lock

    public Fingerprint Fingerprint { get; } = fingerprint;

    public long Since { get; } = since;

    public Task<OnceClaim> Told => _told.Task;

    public void Tell(OnceOutcome outcome, ReadOnlyMemory<byte> answer = default, string token = "") => _told.SetResult(new OnceClaim(outcome, answer, token));

    /// <summary>Each gets an exception of its own: it is thrown on as many threads as wait.</summary>
    public void Fail(Exception exception) => _told.SetException(
        exception is UnavailableException unavailable ? new UnavailableException(unavailable.Message, unavailable.InnerException) { RetryAfter = unavailable.RetryAfter } : exception);
}
