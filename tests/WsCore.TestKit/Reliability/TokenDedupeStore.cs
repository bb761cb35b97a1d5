using WsCore.Backplane;
using WsCore.Reliability;

namespace WsCore.TestKit.Reliability;

/// <summary>The store in memory as one that is elsewhere: its claims have tokens, it may be away, and it tells what was asked of it.</summary>
internal sealed class TokenDedupeStore(MemoryDedupeStore inner) : IDedupeStore
{
    private int _claims;

    /// <summary>Claims fail.</summary>
    public bool IsAway { get; set; }

    /// <summary><c>complete</c>, <c>settle</c> or <c>abandon</c>, in order.</summary>
    public List<string> Endings { get; } = [];

    public async ValueTask<OnceClaim> ClaimAsync(OnceKey key, Fingerprint fingerprint)
    {
        if (IsAway)
        {
            throw new UnavailableException("The test has taken it away.") { RetryAfter = TimeSpan.FromSeconds(3) };
        }

        var claim = await inner.ClaimAsync(key, fingerprint);
        return claim.Outcome == OnceOutcome.First ? claim with { Token = $"t{++_claims}" } : claim;
    }

    public ValueTask CompleteAsync(OnceKey key, ReadOnlyMemory<byte> answer) => EndAsync("complete", inner.CompleteAsync(key, answer));

    public ValueTask SettledAsync(OnceKey key, ReadOnlyMemory<byte> answer) => EndAsync("settle", inner.CompleteAsync(key, answer));

    public ValueTask AbandonAsync(OnceKey key) => EndAsync("abandon", inner.AbandonAsync(key));

    private ValueTask EndAsync(string how, ValueTask ended)
    {
        Endings.Add(how);
        return ended;
    }
}
