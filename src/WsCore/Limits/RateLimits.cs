using System.Net;
using WsCore.Heartbeat;

namespace WsCore.Limits;

/// <summary>The rates of a node, and what its users and addresses have left of them.</summary>
/// <remarks>Thread-safe. A scope without a limit has no table and costs nothing.</remarks>
internal sealed class RateLimits : ITicked
{
    private readonly SharedBucketTable? _users;
    private readonly SharedBucketTable? _addresses;

    public RateLimits(LimitOptions limits, TimeProvider time)
    {
        Time = time;
        ViolationsBeforeClose = limits.ViolationsBeforeClose;
        Connection = BucketRates.OfConnection(limits, time.TimestampFrequency);
        _users = TableOf(RateScope.User, limits.PerUser);
        _addresses = TableOf(RateScope.Address, limits.PerAddress);

        SharedBucketTable? TableOf(RateScope scope, RateOptions options)
        {
            var rates = BucketRates.OfShared(scope, options, limits.MaxMessageBytes, time.TimestampFrequency);
            return rates.IsUnlimited ? null : new SharedBucketTable(rates);
        }
    }

    public TimeProvider Time { get; }

    /// <summary>Of each connection alone.</summary>
    public BucketRates Connection { get; }

    /// <summary>Refusals within a <see cref="ViolationWindow"/>; 0 is never.</summary>
    public int ViolationsBeforeClose { get; }

    /// <summary>Users and addresses that are kept.</summary>
    public int Shared => (_users?.Count ?? 0) + (_addresses?.Count ?? 0);

    /// <summary>For a connection, which must <see cref="Leave"/> when nothing is read from it any more.</summary>
    /// <param name="user">Null for an anonymous connection, which shares with no user.</param>
    /// <param name="address">Null where there is none, as on a Unix socket: it shares with no address.</param>
    public Allowance Enter(string? user, IPAddress? address) => new(
        this,
        user is null ? null : _users?.Enter(SharedKey.Of(user)),
        address is null ? null : _addresses?.Enter(SharedKey.Of(address)));

    public void Leave(Allowance allowance)
    {
        var now = Time.GetTimestamp();
        if (allowance.User is { } user)
        {
            _users!.Leave(user, now);
        }

        if (allowance.Address is { } address)
        {
            _addresses!.Leave(address, now);
        }
    }

    /// <summary>Milliseconds in which so many ticks pass on every clock, rounded up: where in a tick the clock stands nobody knows.</summary>
    public long Milliseconds(long ticks)
    {
        var (whole, rest) = Int128.DivRem(((Int128)ticks + 1) * 1000, Time.TimestampFrequency);
        return (long)(rest == 0 ? whole : whole + 1);
    }

    void ITicked.Tick()
    {
        var now = Time.GetTimestamp();
        _users?.Sweep(now);
        _addresses?.Sweep(now);
    }
}
