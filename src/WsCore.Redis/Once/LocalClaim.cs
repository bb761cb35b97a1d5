using WsCore.Reliability;

namespace WsCore.Redis.Once;

/// <summary>What a node knows of a request that it has to do with.</summary>
/// <remarks>Belongs to the lock of its <see cref="RedisDedupeStore"/>.</remarks>
internal sealed class LocalClaim(OnceKey key)
{
    // Measured (MEMORY USAGE, Redis 7.0): 248 to 312 bytes with an answer of up to 64, 566 and the answer with a longer one, where Redis keeps a hash another way; and the key's expiry.
    private const int ShortAnswer = 64;
    private const long ShortBytes = 320;
    private const long LongBytes = 640;

    private readonly List<OnceWaiter> _waiters = [];

    public OnceKey Key { get; } = key;

    public ClaimStage Stage { get; set; }

    /// <summary>Of the newest claim of this node.</summary>
    public long Number { get; set; }

    /// <summary>Of the request that is carried out; not while it is asked for.</summary>
    public Fingerprint Fingerprint { get; set; }

    /// <summary>Has a place in the budget.</summary>
    public bool HasPlace { get; set; }

    /// <summary>Redis did not answer a claim, so it may still run it.</summary>
    public bool MayCome { get; set; }

    public ReadOnlyMemory<byte> Answer { get; set; }

    /// <summary>The timestamp from which it is <see cref="ClaimStage.Answered"/> or <see cref="ClaimStage.Abandoned"/>.</summary>
    public long EndedAt { get; set; }

    /// <summary>Its place among those that Redis is still to be told of; 0 where it has none.</summary>
    public long Owed { get; set; }

    /// <summary>What it counts for in the budget.</summary>
    public long Bytes => (Answer.Length > ShortAnswer ? LongBytes : ShortBytes) + Answer.Length;

    public bool HasWaiters => _waiters.Count > 0;

    /// <summary>Who has waited for longest.</summary>
    public OnceWaiter First => _waiters[0];

    public OnceWaiter Wait(Fingerprint fingerprint, long now)
    {
        var waiter = new OnceWaiter(fingerprint, now);
        _waiters.Add(waiter);
        return waiter;
    }

    public void Remove(OnceWaiter waiter) => _waiters.Remove(waiter);

    /// <summary>Takes those out whom it concerns, to be told.</summary>
    public List<OnceWaiter> Take(Predicate<OnceWaiter> whom)
    {
        var taken = _waiters.FindAll(whom);
        _waiters.RemoveAll(whom);
        return taken;
    }
}
