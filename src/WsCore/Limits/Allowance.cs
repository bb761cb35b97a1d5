namespace WsCore.Limits;

/// <summary>What one connection may still send, alone and together with others.</summary>
/// <remarks>Belongs to the connection's read loop. What it shares with other connections is thread-safe by itself.</remarks>
internal sealed class Allowance(RateLimits limits, SharedBuckets? user, SharedBuckets? address)
{
    private readonly bool _isUnlimited = limits.Connection.IsUnlimited && user is null && address is null;
    private BucketPair _buckets;
    private ViolationWindow _violations;

    public SharedBuckets? User => user;

    public SharedBuckets? Address => address;

    /// <summary>Pays for a message; where one of the limits refuses, nothing is paid at all.</summary>
    public bool TryPay(in RateCost cost, out RateVerdict verdict)
    {
        verdict = default;
        if (_isUnlimited)
        {
            return true;
        }

        var now = limits.Time.GetTimestamp();
        var after = _buckets;
        after.Take(cost, now, limits.Connection, ref verdict);
        if (user is not null)
        {
            user.Take(cost, now, address, ref verdict);
        }
        else
        {
            address?.Take(cost, now, null, ref verdict);
        }

        if (verdict.IsRefused)
        {
            return false;
        }

        _buckets = after;
        return true;
    }

    /// <summary>What to tell who was refused.</summary>
    public long Milliseconds(in RateVerdict verdict) => limits.Milliseconds(verdict.Wait);

    /// <summary>Counts a refusal; true when it is one too many.</summary>
    public bool IsTooMuch() =>
        limits.ViolationsBeforeClose > 0 && _violations.Add(limits.Time.GetTimestamp(), limits.Time.TimestampFrequency) >= limits.ViolationsBeforeClose;
}
