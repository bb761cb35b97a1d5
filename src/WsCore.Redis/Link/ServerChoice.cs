using System.Globalization;
using System.Net;
using WsCore.Backplane;

namespace WsCore.Redis.Link;

/// <summary>Looks at all end points and takes the master with the newest data.</summary>
/// <remarks>
/// One call at a time. Of two masters (an old one came back while a promoted one is there) the one with the higher incarnation is taken; of equals, the one that has been greeted itself, then the first in the configuration.
/// A master whose incarnation is lower than one that was seen has older data. While an end point does not answer, the newer data may come back with it, so such a master is used only after <see cref="Patience"/>, and
/// otherwise at once: messages are lost then, which the greeting says to all by a new incarnation and a cut. Waiting for ever would make of one lost server an outage that somebody has to end by hand.
/// </remarks>
internal sealed class ServerChoice(ConnectionText text, byte[] serverKey, TimeProvider time)
{
    /// <summary>How long newer data is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>How long the other end points are waited for where one has a master with data that is not old.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    private long? _behindSince;

    /// <param name="seen">The highest incarnation that this node knows.</param>
    /// <exception cref="UnavailableException">There is none to be used now; the message says why.</exception>
    public async Task<(RedisSession Session, ServerFacts Facts)> ConnectAsync(long seen)
    {
        var looking = text.EndPoints.Select(LookAsync).ToList();
        var looks = await EnoughAsync(looking, seen).ConfigureAwait(false);
        var masters = looks.Where(look => look.Problem is null).OrderByDescending(look => look.Incarnation).ThenByDescending(look => look.IsGreeted).ToList();
        var chosen = masters.FirstOrDefault();
        var problem = chosen is null ? string.Join(' ', looks.Select(look => look.Problem)) : Behind(chosen, seen, looks);
        foreach (var look in looking.Where(look => problem is not null || !look.IsCompleted || look.Result != chosen))
        {
            _ = CloseAsync(look);
        }

        return problem is null ? (chosen!.Session!, chosen.Facts!) : throw new UnavailableException(problem);
    }

    /// <summary>Whether there is a master with newer data than the server that is used, which then was replaced without a word to this node.</summary>
    public async Task<string?> FindNewerAsync(string endPoint, long incarnation)
    {
        string? newer = null;
        foreach (var other in text.EndPoints.Where(other => ConnectionText.Name(other) != endPoint))
        {
            var look = await LookAsync(other).ConfigureAwait(false);
            look.Session?.Close();
            newer = look is { Problem: null, IsGreeted: true } && look.Incarnation > incarnation ? ConnectionText.Name(other) : newer;
        }

        return newer;
    }

    // Who does not answer must not hold up the others for long: a moment after a master that will do, what is known is enough.
    private async Task<List<Look>> EnoughAsync(List<Task<Look>> looking, long seen)
    {
        var missing = new List<Task<Look>>(looking);
        var moment = Task.CompletedTask;
        while (missing.Count > 0)
        {
            var done = await Task.WhenAny(moment.IsCompleted ? missing : [.. missing, moment]).ConfigureAwait(false);
            if (done == moment)
            {
                break;
            }

            missing.Remove((Task<Look>)done);
            if (moment.IsCompleted && await ((Task<Look>)done).ConfigureAwait(false) is { Problem: null } look && look.Incarnation >= seen)
            {
                moment = Task.Delay(Moment, time, CancellationToken.None);
            }
        }

        return [.. looking.Where(look => look.IsCompletedSuccessfully).Select(look => look.Result)];
    }

    private static async Task CloseAsync(Task<Look> look) => (await look.ConfigureAwait(false)).Session?.Close();

    private string? Behind(Look chosen, long seen, List<Look> looks)
    {
        if (chosen.Incarnation >= seen || (looks.Count == text.EndPoints.Count && looks.TrueForAll(look => look.Facts is not null)))
        {
            _behindSince = null;
            return null;
        }

        _behindSince ??= time.GetTimestamp();
        if (time.GetElapsedTime(_behindSince.Value) >= Patience)
        {
            _behindSince = null;
            return null;
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"Redis at {chosen.Session!.EndPoint} has older data than was seen, and another end point does not answer; it is waited for, for {Patience.TotalSeconds} s at most.");
    }

    private async Task<Look> LookAsync(EndPoint endPoint)
    {
        RedisSession? session = null;
        try
        {
            session = await RedisSession.ConnectAsync(text.For(endPoint), ConnectionText.Name(endPoint), time).ConfigureAwait(false);
            var facts = await ServerFacts.ReadAsync(session).ConfigureAwait(false);
            if (facts.Refusal(session.EndPoint) is { } refusal)
            {
                return new Look(session, facts, 0, false, refusal);
            }

            var known = await session.CommandAsync("HMGET", serverKey, "run", "n").ConfigureAwait(false);
            return new Look(session, facts, known[1].IsNull ? 0 : known[1].Number, !known[0].IsNull && known[0].Text == facts.RunId, null);
        }
        catch (Exception e) when (e is UnavailableException or RefusedCommandException or InvalidDataException)
        {
            return new Look(session, null, 0, false, e is UnavailableException ? e.Message : $"Redis at {ConnectionText.Name(endPoint)} says: {e.Message}");
        }
    }

    private sealed record Look(RedisSession? Session, ServerFacts? Facts, long Incarnation, bool IsGreeted, string? Problem);
}
