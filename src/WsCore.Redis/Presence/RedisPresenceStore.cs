using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsCore.Backplane;
using WsCore.Heartbeat;
using WsCore.Presence;
using WsCore.Redis.Bus;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Redis.Nodes;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <summary>Presence of many nodes, in Redis.</summary>
/// <remarks>
/// Thread-safe. Each change is one script, which publishes it; each node keeps a <see cref="PresenceView"/> of the rooms in which it has members. While Redis is away joins and leaves take
/// effect on this node alone; nothing of that is queued: what is to be said to Redis afterwards follows from comparing who is here with what it lists. Bounded by the memberships of
/// this node and the members of their rooms.
/// </remarks>
internal sealed partial class RedisPresenceStore : IPresenceStore, ITicked
{
    // How long a change of this node waits for those before it, which the channel brings.
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<RoomName, PresenceView> _views = new(RoomNameComparer.Instance);
    private readonly ConcurrentDictionary<RoomName, PresenceView>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly IRedisLink _link;
    private readonly RedisKeys _keys;
    private readonly NodeDirectory _nodes;
    private readonly IPresenceSink _sink;
    private readonly TimeProvider _time;
    private readonly TimeSpan _grace;
    private readonly Func<string, bool> _isConnected;
    private readonly RoomScripts _scripts;
    private readonly ConnectedUsers _users;
    private readonly ILogger _logger;

    public RedisPresenceStore(RedisPresenceParts parts, IPresenceSink sink, Func<string, bool> isConnected)
    {
        (_link, _keys, _nodes, _time, _logger) = (parts.Link, parts.Keys, parts.Nodes, parts.Time, parts.Logger);
        _sink = sink;
        _isConnected = isConnected;
        _grace = parts.Options.Grace;
        _byBytes = _views.GetAlternateLookup<ReadOnlySpan<byte>>();
        _scripts = new RoomScripts(_link, _keys, new ChangeCodec(parts.Codec, _nodes.Id), _nodes.Id, parts.Options.Lease);
        _users = new ConnectedUsers(_link, _keys, _nodes.Id, parts.Options.Lease);
        _link.On(BusKind.Presence, ReceiveAsync);
        _link.OnRestored(Restored);
        _nodes.Forgotten = Forgotten;
        _nodes.Died = node => _reaping.TryStart(() => ReapAsync(node));
    }

    /// <summary>Rooms with members on this node, or with one that was lost here.</summary>
    public int Rooms => _views.Count;

    /// <summary>Every view is what Redis had; for tests.</summary>
    internal bool IsEven => _views.Values.All(view => view.State == ViewState.Synced);

    /// <summary>Who waits for a view to reach something; for tests.</summary>
    internal int Waiting => _views.Values.Sum(view => view.Waiting);

    public long Members => _views.Sum(pair => (long)pair.Value.Count);

    public async ValueTask<int> JoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        var view = Enter(room);
        try
        {
            if (!view.Register(who))
            {
                return view.Count;
            }

            return await TryJoinAsync(view, who, state).ConfigureAwait(false) is { } count && view.Confirm(who) ? count : JoinHere(view, who, state);
        }
        finally
        {
            view.Exit();
        }
    }

    public async ValueTask LeaveAsync(RoomName room, PresenceConnection who, bool lost)
    {
        var grace = lost ? _grace : TimeSpan.Zero;
        var view = Find(room);
        try
        {
            view?.Unregister(who);
            if (view is not null)
            {
                await WhenReadyAsync(view).ConfigureAwait(false);
            }

            var change = _link.IsUp ? await _scripts.LeaveAsync(room, who, grace).ConfigureAwait(false) : throw Away();
            if (view is not null && change is { } left)
            {
                await TakeAsync(view, left).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogUnlessAway(e);
            Volatile.Write(ref _ghosts, true);
            if (view is not null)
            {
                view.EndLeave(who);
                view.LeaveHere(who, grace);
                Repair(view);
            }
        }
        finally
        {
            view?.EndLeave(who);
            view?.Exit();
        }
    }

    public async ValueTask<bool> UpdateAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        if (Find(room) is not { } view)
        {
            return false;
        }

        try
        {
            if (!view.Has(who.Connection, 0))
            {
                return false;
            }

            if (await WhenReadyAsync(view).ConfigureAwait(false))
            {
                var (change, isThere) = await _scripts.UpdateAsync(room, who, state).ConfigureAwait(false);
                if (change is { } updated)
                {
                    await TakeAsync(view, updated).ConfigureAwait(false);
                }

                if (isThere)
                {
                    return true;
                }
            }

            return UpdateHere(view, who, state);
        }
        catch (Exception e)
        {
            LogUnlessAway(e);
            return UpdateHere(view, who, state);
        }
        finally
        {
            view.Exit();
        }
    }

    public async ValueTask<IReadOnlyList<Member>> MembersAsync(RoomName room)
    {
        if (Find(room) is not { } view)
        {
            return RoomSnapshot.List((await _scripts.ReadAsync(room).ConfigureAwait(false)).Members);
        }

        try
        {
            await WhenReadyAsync(view).ConfigureAwait(false);
            return view.State is ViewState.Empty or ViewState.Loading ? RoomSnapshot.List((await _scripts.ReadAsync(room).ConfigureAwait(false)).Members) : view.Members();
        }
        finally
        {
            view.Exit();
        }
    }

    /// <summary>Version and life of a view, for tests; zeros where there is none, or not an even one.</summary>
    internal (long Version, long Life) PositionOf(RoomName room) => _views.TryGetValue(room, out var view) ? view.Position : default;

    public void Connected(string user, bool here) => _users.Connected(user, here);

    public async ValueTask<IReadOnlyList<string>> OnlineAsync(IEnumerable<string> users)
    {
        var asked = users.Distinct(StringComparer.Ordinal).Select(user => (Name: user, IsHere: _isConnected(user))).ToArray();
        string[] others = [.. asked.Where(user => !user.IsHere).Select(user => user.Name)];
        var elsewhere = others.Length == 0 ? [] : await _users.ElsewhereAsync(others).ConfigureAwait(false);
        return [.. asked.Where(user => user.IsHere || elsewhere.Contains(user.Name)).Select(user => user.Name)];
    }

    /// <summary>The members that a join was answered with; null: it is to take effect here alone.</summary>
    private async ValueTask<int?> TryJoinAsync(PresenceView view, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        try
        {
            if (view.TryBeginLoad())
            {
                return await LoadAsync(view, who, state).ConfigureAwait(false);
            }

            if (!await WhenReadyAsync(view).ConfigureAwait(false))
            {
                return null;
            }

            var (change, version, count, _) = await _scripts.JoinAsync(view.Room, who, state, withAll: false).ConfigureAwait(false);
            if (change is { } joined)
            {
                Receive(view, joined, inOrder: false);
            }

            // What was answered must not be older than what it hears first: the answer counts up to its own change, and it hears what comes after that; or what the view has by then.
            return await ReachAsync(view, version).ConfigureAwait(false) ? count : view.Count;
        }
        catch (Exception e)
        {
            LogUnlessAway(e);
            return null;
        }
    }

    private async ValueTask<int?> LoadAsync(PresenceView view, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        try
        {
            await _link.OpenAsync(view.Topic).ConfigureAwait(false);
            if (!_link.IsUp)
            {
                return null;
            }

            var (change, _, count, all) = await _scripts.JoinAsync(view.Room, who, state, withAll: true).ConfigureAwait(false);
            view.Load(all!, change);
            return count;
        }
        finally
        {
            view.GiveUpLoad();
        }
    }

    private int JoinHere(PresenceView view, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        var count = view.JoinHere(who, state.Span);
        Repair(view);
        return count;
    }

    private bool UpdateHere(PresenceView view, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        var isThere = view.UpdateHere(who, state.Span);
        Repair(view);
        return isThere;
    }

    private async ValueTask TakeAsync(PresenceView view, RoomChange change)
    {
        Receive(view, change, inOrder: false);
        await ReachAsync(view, change.Version).ConfigureAwait(false);
    }

    private void Receive(PresenceView view, in RoomChange change, bool inOrder)
    {
        if (!view.Receive(change, inOrder))
        {
            Repair(view);
        }
    }

    /// <summary>Waits until the view has a version, and repairs it where that takes too long. False: it took the repair, or was not reached.</summary>
    private async ValueTask<bool> ReachAsync(PresenceView view, long version)
    {
        if (await IsReachedAsync(view, version).ConfigureAwait(false))
        {
            return true;
        }

        view.MarkStale();
        await RepairAsync(view).ConfigureAwait(false);
        await IsReachedAsync(view, version).ConfigureAwait(false); // another may be at it
        return false;
    }

    /// <summary>False: the view cannot be got even with Redis now.</summary>
    private async ValueTask<bool> WhenReadyAsync(PresenceView view)
    {
        if (view.State == ViewState.Synced && _link.IsUp)
        {
            return true;
        }

        return _link.IsUp && await IsReachedAsync(view, 0).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsReachedAsync(PresenceView view, long version)
    {
        var reached = view.WhenReached(version);
        try
        {
            await reached.WaitAsync(Late, _time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            view.GiveUp(reached);
            return false;
        }
    }

    private async ValueTask ReceiveAsync(Topic topic, BusEnvelope envelope)
    {
        if (!_byBytes.TryGetValue(envelope.Target.Span, out var view) || !view.Topic.Equals(topic) || !ChangeCodec.TryRead(envelope, out var change))
        {
            return; // nobody is there any more, or it was brought to another room
        }

        await _sink.WaitForRoomAsync().ConfigureAwait(false);
        Receive(view, change, inOrder: true);
    }

    /// <summary>The view of a room, made where there is none; to be left with <see cref="PresenceView.Exit"/>.</summary>
    private PresenceView Enter(RoomName room)
    {
        while (true)
        {
            var view = _views.GetOrAdd(room, static (name, store) => new PresenceView(new UntoldChanges(name, store._sink), store._keys.Room(name), store._nodes.Id, store._time, store.Forget), this);
            if (view.TryEnter())
            {
                return view;
            }
        }
    }

    private PresenceView? Find(RoomName room) => _views.TryGetValue(room, out var view) && view.TryEnter() ? view : null;

    // Removes this very one, not another that has its name by now. Called under no lock.
    private void Forget(PresenceView view)
    {
        if (_views.TryRemove(new KeyValuePair<RoomName, PresenceView>(view.Room, view)))
        {
            _link.Close(view.Topic);
        }
    }

    // A fault of ours is treated as an outage: what could not be said is said again, and nobody is left deaf.
    private void LogUnlessAway(Exception e)
    {
        if (e is not UnavailableException)
        {
            LogFailed(_logger, e);
        }
    }

    private static UnavailableException Away() => new("Redis is away.");
}
