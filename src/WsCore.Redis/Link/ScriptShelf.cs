using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WsCore.Backplane;

namespace WsCore.Redis.Link;

/// <summary>Scripts as they were prepared for one server process and one incarnation of its data.</summary>
/// <remarks>
/// Thread-safe. A script is loaded when it is run for the first time, and the server is asked afterwards whether it is still the same process: else the scripts there are flushed, since a text for
/// one process must not be known to another, and the session is lost.
/// </remarks>
internal sealed class ScriptShelf(RedisSession session, ServerIdentity identity, string prefix, TimeSpan offset)
{
    /// <summary>How scripts say that the data is not what they were prepared for.</summary>
    public const string Stale = "WSCORESTALE";

    private static readonly string Prelude = LuaScript.Load("prelude").Text;

    private readonly ConcurrentDictionary<LuaScript, Lazy<Task<byte[]>>> _loaded = new();

    public RedisSession Session { get; } = session;

    public ServerIdentity Identity { get; } = identity;

    /// <inheritdoc cref="RedisSession.CommandAsync"/>
    public async ValueTask<Reply> RunAsync(LuaScript script, byte[][] keys, Argument[] arguments)
    {
        var loaded = _loaded.GetOrAdd(script, static (script, shelf) => new Lazy<Task<byte[]>>(() => shelf.LoadAsync(script)), this);
        byte[] sha;
        try
        {
            sha = await loaded.Value.ConfigureAwait(false);
        }
        catch
        {
            _loaded.TryRemove(new(script, loaded)); // the next one tries again
            throw;
        }

        return await Session.RunAsync(sha, keys, arguments).ConfigureAwait(false);
    }

    private string Prepare(LuaScript script) => string.Create(CultureInfo.InvariantCulture,
        $"local ID, INCARNATION, CUT, BASE, PREFIX, OFFSET = '{Identity.Id}', {Identity.Incarnation}, {Identity.Cut}, '{Identity.Base}', '{prefix}', {(long)offset.TotalMilliseconds}\n{Prelude}{script.Text}");

    private async Task<byte[]> LoadAsync(LuaScript script)
    {
        var text = Encoding.UTF8.GetBytes(Prepare(script));
        await Session.CommandAsync("SCRIPT", "LOAD", text).ConfigureAwait(false);
        var facts = await ServerFacts.ReadAsync(Session).ConfigureAwait(false);
        if (facts.RunId != Identity.RunId)
        {
            Session.Lose(broken: true);
            await Session.CommandAsync("SCRIPT", "FLUSH").ConfigureAwait(false);
            throw new UnavailableException("Redis was replaced by another process just now.");
        }

        return SHA1.HashData(text); // how Redis names scripts
    }
}
