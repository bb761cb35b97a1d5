using System.Security.Cryptography;
using WsCore.Backplane;

namespace WsCore.Redis.Link;

/// <summary>Asks a server which incarnation it is, by <c>hello.lua</c>, which makes it one if it is none.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="serverKey"><see cref="Keys.RedisKeys.Server"/>.</param>
internal sealed class Greeting(byte[] serverKey)
{
    private static readonly LuaScript Hello = LuaScript.Load("hello");

    private readonly Lock _lock = new();
    private long _seen;

    /// <summary>The highest incarnation that this node knows; 0 before the first.</summary>
    public long Seen => Interlocked.Read(ref _seen);

    /// <summary>The identity, and what it says of the messages there, for the log.</summary>
    /// <exception cref="UnavailableException">The server is another than a moment ago, or does not answer.</exception>
    /// <exception cref="RefusedCommandException">It does not let us.</exception>
    public async Task<(ServerIdentity Identity, string News)> GreetAsync(RedisSession session, ServerFacts facts)
    {
        var durable = facts.AppendOnly && await AlwaysSyncsAsync(session).ConfigureAwait(false);
        var fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var reply = await session.CommandAsync("EVAL", Hello.Text, 1, serverKey, facts.RunId, session.EndPoint, durable ? 1 : 0, fresh, Seen).ConfigureAwait(false);
        if (reply.IsNull)
        {
            session.Lose(broken: true);
            throw new UnavailableException($"Redis at {session.EndPoint} was replaced by another process, or became a replica, just now.");
        }

        var identity = new ServerIdentity(reply[0].Text, reply[1].Number, reply[2].Number, reply[3].Text);
        lock (_lock)
        {
            var news = _seen == 0 ? "its history is taken as it is" : _seen < identity.Cut ? "messages may have been lost, so rooms begin new epochs" : "nothing was lost";
            _seen = Math.Max(_seen, identity.Incarnation);
            return (identity, news);
        }
    }

    private static async Task<bool> AlwaysSyncsAsync(RedisSession session)
    {
        try
        {
            var reply = await session.CommandAsync("CONFIG", "GET", "appendfsync").ConfigureAwait(false);
            return reply.List.Length == 2 && reply[1].Text == "always";
        }
        catch (RefusedCommandException)
        {
            return false; // not allowed to know
        }
    }
}
