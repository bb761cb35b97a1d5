using Microsoft.Extensions.Logging;
using WsCore.Redis.Link;
using WsCore.Redis.Nodes;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <content>What is done from time to time, and after something went wrong.</content>
internal sealed partial class RedisPresenceStore
{
    private const int RepairsAtOnce = 16;
    private const int RoomsAtOnce = 256;
    private const int ReapedAtOnce = 128;
    private const int CheckEvery = 10; // ticks

    // Ticks after an outage when it is looked once more for connections that Redis lists and that are gone: a join may have come out of a socket that was given up.
    private static readonly int[] LookedAgainAt = [10, 60];

    // For how long nobody else settles a loss that one has begun to.
    private static readonly TimeSpan SettlingClaim = TimeSpan.FromSeconds(5);

    private static readonly LuaScript DueScript = LuaScript.Load("due");
    private static readonly LuaScript ReapScript = LuaScript.Load("reap");
    private static readonly LuaScript AttendedScript = LuaScript.Load("attended");

    private readonly SemaphoreSlim _repairs = new(RepairsAtOnce);
    private readonly OneAtATime _work = new();
    private readonly OneAtATime _reaping = new();
    private long _repaired;
    private long _ticks;
    private int _sinceRestored;
    private bool _ghosts; // Redis may list connections of this node that are gone
    private bool _checkAll; // any change may have been missed

    /// <summary>Times that a view was made anew of what Redis has.</summary>
    public long Repaired => Volatile.Read(ref _repaired);

    public void Tick()
    {
        _nodes.Tick();
        _work.TryStart(WorkAsync);
    }

    /// <summary>All that a tick does, until it is done; for tests.</summary>
    internal async Task TickAsync()
    {
        await _nodes.BeatAsync().ConfigureAwait(false);
        await _reaping.WhenIdleAsync().ConfigureAwait(false);
        while (!_work.TryStart(WorkAsync))
        {
            await _work.WhenIdleAsync().ConfigureAwait(false);
        }

        await _work.WhenIdleAsync().ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        var slot = _ticks++ % CheckEvery;
        if (LookedAgainAt.Contains(Interlocked.Increment(ref _sinceRestored)))
        {
            Volatile.Write(ref _ghosts, true);
        }

        await TryAsync(TickViews).ConfigureAwait(false);
        foreach (var step in (Func<Task>[])[_users.FlushAsync, SettleAsync, () => CheckAsync(slot), RepairAsync, LayGhostsAsync])
        {
            if (_link.IsUp)
            {
                await TryAsync(step).ConfigureAwait(false);
            }
        }
    }

    // One that fails stops none of the others; the next tick goes on.
    private async ValueTask TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogUnlessAway(e);
        }
    }

    private Task TickViews()
    {
        foreach (var view in _views.Values)
        {
            view.Tick();
        }

        return Task.CompletedTask;
    }

    private Task RepairAsync() => Task.WhenAll(_views.Values.Where(view => view.State == ViewState.Stale).Select(view => RepairAsync(view).AsTask()));

    private void Restored()
    {
        Volatile.Write(ref _checkAll, true);
        Volatile.Write(ref _ghosts, true);
        Volatile.Write(ref _sinceRestored, 0);
        _users.WriteAnew();
        _nodes.Tick(); // the sooner the others know that this one lives the better
        _work.TryStart(WorkAsync);
    }

    /// <summary>Redis does not know this node, or took it for dead: nothing that was said of its members can be counted on.</summary>
    private void Forgotten()
    {
        foreach (var view in _views.Values)
        {
            view.MarkStale();
        }

        _users.WriteAnew();
        _work.TryStart(WorkAsync);
    }

    private async Task SettleAsync()
    {
        Reply[] due;
        do
        {
            due = (await _link.RunAsync(DueScript, [_keys.Lost], ReapedAtOnce, (long)SettlingClaim.TotalMilliseconds).ConfigureAwait(false)).List;
            await Task.WhenAll(due.Chunk(2).Select(entry => SettleAsync(Loss.Read(entry[0].Bytes), entry[1].Number))).ConfigureAwait(false);
        }
        while (due.Length == 2 * ReapedAtOnce);
    }

    private async Task SettleAsync(Loss loss, long taken)
    {
        if (await _scripts.SettleAsync(loss, taken).ConfigureAwait(false) is { } change)
        {
            Offer(loss.Room, change);
        }
    }

    private async Task ReapAsync(string dead)
    {
        try
        {
            while (await _link.RunAsync(ReapScript, [_keys.Dead, _keys.Attended(dead), _keys.Users(dead)], dead, (long)NodeDirectory.Claim.TotalMilliseconds, ReapedAtOnce).ConfigureAwait(false)
                is { IsNull: false } reply)
            {
                await Task.WhenAll(Attended.Read(reply.List).Select(entry => LeaveAsync(entry, dead))).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogUnlessAway(e); // it is claimed anew, by whichever node, and goes on
        }
    }

    private async Task LeaveAsync(Attended entry, string? dead)
    {
        if (await _scripts.LeaveAsync(entry.Room, entry.Who, TimeSpan.Zero, dead).ConfigureAwait(false) is { } change)
        {
            Offer(entry.Room, change);
        }
    }

    // The channel brings it too; this is only earlier.
    private void Offer(RoomName room, in RoomChange change)
    {
        if (_views.TryGetValue(room, out var view))
        {
            Receive(view, change, inOrder: false);
        }
    }

    /// <summary>Looks whether a change was missed: a tenth of the rooms each second, or all.</summary>
    private async Task CheckAsync(long slot)
    {
        var all = Interlocked.Exchange(ref _checkAll, false);
        foreach (var some in _views.Values.Where(view => all || (uint)view.Room.GetHashCode() % CheckEvery == slot).Chunk(RoomsAtOnce))
        {
            (PresenceView View, (long, long) Position)[] synced = [.. some.Select(view => (view, view.Position)).Where(entry => entry.Position != default)];
            var there = synced.Length == 0 ? [] : await VersionsAsync(synced.Select(entry => entry.View.Room).ToArray(), all).ConfigureAwait(false);
            for (var i = 0; i < there.Length; i++)
            {
                synced[i].View.Suspect(there[i].Version, there[i].Life, atOnce: all);
            }
        }
    }

    private async ValueTask<(long Version, long Life)[]> VersionsAsync(RoomName[] rooms, bool all)
    {
        try
        {
            return await _scripts.VersionsAsync(rooms).ConfigureAwait(false);
        }
        catch
        {
            if (all)
            {
                Volatile.Write(ref _checkAll, true);
            }

            throw;
        }
    }

    /// <summary>Takes out of Redis what it lists of this node in rooms where that is not so.</summary>
    private async Task LayGhostsAsync()
    {
        if (!Interlocked.Exchange(ref _ghosts, false))
        {
            return;
        }

        try
        {
            var cursor = "0";
            do
            {
                var step = await _link.RunAsync(AttendedScript, [_keys.Attended(_nodes.Id)], cursor).ConfigureAwait(false);
                cursor = step[0].Text;
                await Task.WhenAll(Attended.Read(step[1].List).Where(IsGone).Select(entry => LeaveAsync(entry, dead: null))).ConfigureAwait(false);
            }
            while (cursor != "0");
        }
        catch
        {
            Volatile.Write(ref _ghosts, true);
            throw;
        }
    }

    private bool IsGone(Attended entry) => !_views.TryGetValue(entry.Room, out var view) || !view.Has(entry.Who.Connection, entry.Who.Ticket);

    private void Repair(PresenceView view) => _ = RepairAsync(view).AsTask();

    /// <summary>Says to Redis what it does not know of this node, reads the room, and tells the difference; never fails, and is tried again with the next tick.</summary>
    private async ValueTask RepairAsync(PresenceView view)
    {
        const int Tries = 4;
        if (!_link.IsUp || _nodes.HasDeparted || !view.TryBeginRepair())
        {
            return;
        }

        await _repairs.WaitAsync().ConfigureAwait(false);
        try
        {
            if (view.WasReaped())
            {
                await _nodes.BeatAsync().ConfigureAwait(false);
            }

            for (var i = 0; i < Tries && !await TryRepairAsync(view).ConfigureAwait(false); i++)
            {
            }
        }
        catch (Exception e)
        {
            LogUnlessAway(e);
        }
        finally
        {
            _repairs.Release();
            view.EndRepair();
        }
    }

    // True: there is no more to be done now.
    private async ValueTask<bool> TryRepairAsync(PresenceView view)
    {
        var there = await _scripts.ReadAsync(view.Room).ConfigureAwait(false);
        var plan = view.Compare(there);
        if (plan.IsEmpty)
        {
            if (view.Settle(there))
            {
                Interlocked.Increment(ref _repaired);
                return true;
            }

            return view.IsPatient;
        }

        await Task.WhenAll(plan.Joins.Select(join => RejoinAsync(view, join.Who, join.State, join.Since))).ConfigureAwait(false);
        await Task.WhenAll(plan.Leaves.Select(leave => _scripts.LeaveAsync(view.Room, leave.Who, leave.IsLost ? _grace : TimeSpan.Zero).AsTask())).ConfigureAwait(false);
        await Task.WhenAll(plan.States.Select(state => _scripts.UpdateAsync(view.Room, state.Who, state.State).AsTask())).ConfigureAwait(false);
        return false;
    }

    private async Task RejoinAsync(PresenceView view, WsCore.Presence.PresenceConnection who, byte[] state, long since)
    {
        if (_nodes.HasDeparted)
        {
            return; // since the repair began
        }

        await _scripts.RejoinAsync(view.Room, who, state, since).ConfigureAwait(false);
        if (!view.Has(who.Connection, who.Ticket))
        {
            await _scripts.LeaveAsync(view.Room, who, TimeSpan.Zero).ConfigureAwait(false); // it left meanwhile, and its leave may have come first
        }
    }

    [LoggerMessage(EventId = 9502, Level = LogLevel.Error, Message = "Presence has failed in Redis; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
