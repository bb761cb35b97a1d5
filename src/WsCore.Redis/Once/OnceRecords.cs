using System.Buffers.Binary;
using System.Globalization;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Reliability;

namespace WsCore.Redis.Once;

/// <summary>The requests with <c>once</c> of all nodes, as Redis has them: a hash each.</summary>
/// <remarks>
/// Thread-safe; keeps nothing. A claim counts while its node's lease lasts. A node claims a key only while it has no other claim of that key under way, so what Redis has of its
/// own is what it gave up. Each claim has a number of its own: a script that comes late, from before an outage, finds a higher one and does nothing.
/// </remarks>
/// <param name="link">To Redis.</param>
/// <param name="keys">Names the hashes.</param>
/// <param name="node">This node's id, new with each start.</param>
/// <param name="lease"><c>Presence:Lease</c>: how long a claim counts whose node is not listed as living.</param>
internal sealed class OnceRecords(IRedisLink link, RedisKeys keys, string node, TimeSpan lease)
{
    // Only to clean up after a claim that nobody ended; one that is at work for longer is claimed again, should it be repeated.
    private static readonly TimeSpan LongestClaim = TimeSpan.FromHours(1);

    // Redis' own clock decides when an answer is over; this only cleans up, and so comes a little later.
    private static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(1);

    // A node that lived through an outage says so within a second or two of its end.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(3);

    // How long after an outage a script may come out of a socket that was given up.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private static readonly LuaScript Claim = LuaScript.Load("claim");
    private static readonly LuaScript Complete = LuaScript.Load("complete");
    private static readonly LuaScript Abandon = LuaScript.Load("abandon");

    private long _number;

    public bool IsUp => link.IsUp;

    /// <summary>Of the next claim.</summary>
    public long NextNumber() => Interlocked.Increment(ref _number);

    /// <summary>What stands for a claim on all nodes (<see cref="OnceClaim.Token"/>).</summary>
    public string TokenOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{node}:{number}");

    /// <param name="key">Whose request it is, and its <c>once</c>.</param>
    /// <param name="fingerprint">Of what is asked.</param>
    /// <param name="number">Of this claim.</param>
    /// <param name="mayAdd">Else it is only looked whether there is something.</param>
    /// <exception cref="Backplane.UnavailableException">It may be claimed, or become so.</exception>
    public async ValueTask<(RecordState State, ReadOnlyMemory<byte> Answer)> ClaimAsync(OnceKey key, Fingerprint fingerprint, long number, bool mayAdd)
    {
        var reply = await link.RunAsync(
            Claim, [KeyOf(key), keys.Nodes], BytesOf(fingerprint), node, number, TokenOf(number), Milliseconds(lease), Milliseconds(LongestClaim), mayAdd ? 1 : 0, Milliseconds(Doubt))
            .ConfigureAwait(false);
        return reply[0].Text switch
        {
            "first" => (RecordState.First, default),
            "done" => (RecordState.Done, reply[1].Bytes),
            "conflict" => (RecordState.Conflict, default),
            "wait" => (RecordState.Elsewhere, default),
            _ => (RecordState.Full, default),
        };
    }

    /// <summary>False: another node has the claim, or has carried the request out too.</summary>
    /// <exception cref="Backplane.UnavailableException">It may be remembered, or become so.</exception>
    public async ValueTask<bool> CompleteAsync(OnceKey key, Fingerprint fingerprint, long number, ReadOnlyMemory<byte> answer, TimeSpan window)
    {
        var reply = await link.RunAsync(
            Complete, [KeyOf(key)], BytesOf(fingerprint), node, TokenOf(number), answer, Milliseconds(window), Milliseconds(window + Afterwards)).ConfigureAwait(false);
        return reply.Number == 1;
    }

    /// <summary>Frees the key, where it is still claimed by this claim or an earlier one of this node.</summary>
    /// <param name="key">Whose request it is, and its <c>once</c>.</param>
    /// <param name="number">Of the claim.</param>
    /// <param name="mayCome">Redis did not answer a claim of this node: it may still run it, and is not to be taken in by it.</param>
    /// <exception cref="Backplane.UnavailableException">It may be free, or become so.</exception>
    public async ValueTask AbandonAsync(OnceKey key, long number, bool mayCome) =>
        await link.RunAsync(Abandon, [KeyOf(key)], node, number, mayCome ? Milliseconds(Late) : 0).ConfigureAwait(false);

    private byte[] KeyOf(OnceKey key) => keys.Once(OnceDigest.Of(key));

    private static byte[] BytesOf(Fingerprint fingerprint)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, fingerprint.Value);
        return bytes;
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
