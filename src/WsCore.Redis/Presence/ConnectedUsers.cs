using System.Runtime.ExceptionServices;
using WsCore.Backplane;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Redis.Nodes;

namespace WsCore.Redis.Presence;

/// <summary>Which users have a connection to this node, kept in Redis for the others to ask.</summary>
/// <remarks>
/// Thread-safe. Changes are written soon after, many at once; what cannot be written is not queued: once Redis is back all users are written anew. Bounded by the connections.
/// </remarks>
internal sealed class ConnectedUsers(IRedisLink link, RedisKeys keys, string node, TimeSpan lease)
{
    private const int Batch = 1000;

    private static readonly LuaScript UsersScript = LuaScript.Load("users");
    private static readonly LuaScript OnlineScript = LuaScript.Load("online");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly OneAtATime _writing = new();
    private bool _anew = true; // what an earlier life left there
    private Exception? _fault; // which nobody was told of yet

    public void Connected(string user, bool here)
    {
        lock (_gate)
        {
            var count = _counts.GetValueOrDefault(user) + (here ? 1 : -1);
            if (count == 0)
            {
                _counts.Remove(user);
            }
            else
            {
                _counts[user] = count; // below 0 where the two overtook each other
            }

            if (!_anew)
            {
                _changed.Add(user);
            }
        }

        Start();
    }

    /// <summary>What Redis has may be wrong.</summary>
    public void WriteAnew()
    {
        lock (_gate)
        {
            _anew = true;
            _changed.Clear();
        }
    }

    /// <summary>Writes what is not written, if that is not under way.</summary>
    public void Start() => _writing.TryStart(WriteAsync);

    /// <summary>The same, and completes with it; for tests and the tick.</summary>
    /// <exception cref="InvalidOperationException">Redis refused it, now or since the last time. All users are written anew next time.</exception>
    public async Task FlushAsync()
    {
        Start();
        await _writing.WhenIdleAsync().ConfigureAwait(false);
        if (Interlocked.Exchange(ref _fault, null) is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    /// <summary>Which of these users have a connection to another node.</summary>
    /// <exception cref="UnavailableException">Redis is away.</exception>
    public async ValueTask<HashSet<string>> ElsewhereAsync(IReadOnlyList<string> users)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in users.Chunk(Batch))
        {
            var reply = await link.RunAsync(OnlineScript, [keys.Nodes], [node, .. some.Select(user => (Argument)user)]).ConfigureAwait(false);
            for (var i = 0; i < some.Length; i++)
            {
                if (reply[i].Number == 1)
                {
                    found.Add(some[i]);
                }
            }
        }

        return found;
    }

    private async Task WriteAsync()
    {
        while (link.IsUp && TryTake(out var anew, out var come, out var gone))
        {
            try
            {
                await WriteAsync(anew, come, gone).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                WriteAnew();
                if (e is not UnavailableException)
                {
                    Volatile.Write(ref _fault, e); // the tick tells it
                }

                return;
            }
        }
    }

    private async ValueTask WriteAsync(bool anew, List<string> come, List<string> gone)
    {
        var first = anew;
        foreach (var some in come.Select(user => (user, Is: true)).Concat(gone.Select(user => (user, Is: false))).DefaultIfEmpty().Chunk(Batch))
        {
            string[] here = [.. some.Where(entry => entry is { user: not null, Is: true }).Select(entry => entry.user)];
            string[] away = [.. some.Where(entry => entry is { user: not null, Is: false }).Select(entry => entry.user)];
            Argument[] arguments =
            [
                first ? 1 : 0, (long)(lease * 2).TotalMilliseconds, here.Length, .. here.Select(user => (Argument)user), .. away.Select(user => (Argument)user),
            ];
            await link.RunAsync(UsersScript, [keys.Users(node)], arguments).ConfigureAwait(false);
            first = false;
        }
    }

    private bool TryTake(out bool anew, out List<string> come, out List<string> gone)
    {
        lock (_gate)
        {
            anew = _anew;
            come = [.. (anew ? _counts.Keys : (IEnumerable<string>)_changed).Where(user => _counts.GetValueOrDefault(user) > 0)];
            gone = anew ? [] : [.. _changed.Where(user => _counts.GetValueOrDefault(user) <= 0)];
            var some = anew || _changed.Count > 0;
            _anew = false;
            _changed.Clear();
            return some;
        }
    }
}
