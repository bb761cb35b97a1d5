using System.Collections.Concurrent;
using WsCore.Backplane;
using WsCore.Heartbeat;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Redis.History;

/// <content>What is done so that nothing stays lost: repairs, checks of quiet rooms, and the end of rooms that nobody needs.</content>
internal sealed partial class RedisHistoryStore : ITicked
{
    private const int MostRepairs = 16;
    private const int MostChecks = 4;
    private const int MostPages = 1000;
    private const int PageMessages = 1000;
    private const int PageBytes = 1024 * 1024;

    /// <summary>How long a number that an answer told may be ahead of the channel.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A room in which nothing came for so long is looked at: the last message before that may be lost. A room with members is touched so often at least.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepDelay = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<RoomStream, (Position? Delivered, long Since)> _behind = []; // those that are given time
    private readonly ConcurrentDictionary<RoomStream, bool> _owed = []; // those whose repair failed: the next tick tries again
    private readonly SemaphoreSlim _repairs = new(MostRepairs);
    private readonly ITimer _patience;
    private int _looking; // the timer is set
    private int _checking;
    private int _sweeping;
    private long _sweptAt;
    private volatile bool _checkOwed;

    /// <inheritdoc/>
    public void Tick()
    {
        if (!_link.IsUp)
        {
            return;
        }

        foreach (var (stream, _) in _owed)
        {
            _owed.TryRemove(stream, out _);
            Act(stream, Need.Repair);
        }

        if (_checkOwed)
        {
            CheckAll();
        }
        else
        {
            var quiet = Quiet();
            if (quiet.Count > 0)
            {
                _ = CheckAsync(quiet, Need.Patience);
            }
        }

        if (_time.GetElapsedTime(Volatile.Read(ref _sweptAt)) >= SweepInterval)
        {
            Volatile.Write(ref _sweptAt, _time.GetTimestamp());
            _ = SweepAsync();
        }
    }

    /// <summary>Looks at the positions of all rooms with members, which stay by that.</summary>
    internal Task CheckAllAsync() => CheckAsync(_streams.Values.ToList(), Need.Repair);

    /// <summary>Forgets the rooms that nobody has touched for long. One node's is enough; more are harmless.</summary>
    internal async Task SweepAsync()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) != 0)
        {
            return;
        }

        try
        {
            IReadOnlyList<RoomName> due = [];
            do
            {
                due = await _scripts.ForgetAsync(due).ConfigureAwait(false);
            }
            while (due.Count > 0);
        }
        catch (Exception exception)
        {
            Told(exception); // the next one does it
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    // Messages may have been lost in any room. Nor could this node, or others, touch their rooms meanwhile: nothing is forgotten until all have had time for it.
    private void Restored()
    {
        Volatile.Write(ref _sweptAt, _time.GetTimestamp() + (long)(SweepDelay.TotalSeconds * _time.TimestampFrequency));
        CheckAll();
    }

    private void CheckAll()
    {
        _checkOwed = false;
        _ = CheckAllAsync();
    }

    private List<RoomStream> Quiet()
    {
        var quiet = new List<RoomStream>();
        foreach (var (_, stream) in _streams)
        {
            if (_time.GetElapsedTime(stream.QuietSince) >= QuietTime)
            {
                quiet.Add(stream);
            }
        }

        return quiet;
    }

    private async Task CheckAsync(List<RoomStream> streams, Need ifBehind)
    {
        if (ifBehind == Need.Patience && Interlocked.Exchange(ref _checking, 1) != 0)
        {
            return; // the last one still goes on
        }

        try
        {
            await Parallel.ForEachAsync(
                streams.Chunk(HistoryScripts.MostPositions), new ParallelOptions { MaxDegreeOfParallelism = MostChecks }, (chunk, _) => CheckAsync(chunk, ifBehind)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _checkOwed = true;
            Told(exception);
        }
        finally
        {
            if (ifBehind == Need.Patience)
            {
                Volatile.Write(ref _checking, 0);
            }
        }
    }

    private async ValueTask CheckAsync(RoomStream[] streams, Need ifBehind)
    {
        var open = Array.FindAll(streams, stream => stream.Known is not null);
        if (open.Length == 0)
        {
            return;
        }

        var positions = await _scripts.PositionsAsync([.. open.Select(stream => (stream.Room, stream.Rules, stream.Known))]).ConfigureAwait(false);
        for (var i = 0; i < open.Length; i++)
        {
            open[i].QuietSince = Recently();
            var need = open[i].Hear(positions[i]);
            Act(open[i], need == Need.Patience ? ifBehind : need);
        }
    }

    // Not all at the same moment, so that they are not all looked at again at the same moment.
    private long Recently() => _time.GetTimestamp() - (long)(Random.Shared.NextDouble() * Spread.TotalSeconds * _time.TimestampFrequency);

    private void Act(RoomStream stream, Need need)
    {
        switch (need)
        {
            case Need.Repair:
                if (stream.TryBeginRepair())
                {
                    _ = RepairAsync(stream);
                }

                break;
            case Need.Patience:
                if (_behind.TryAdd(stream, (stream.Delivered, _time.GetTimestamp())) && Interlocked.Exchange(ref _looking, 1) == 0)
                {
                    _patience.Change(LookInterval, Timeout.InfiniteTimeSpan);
                }

                break;
        }
    }

    // The timer's. What has gone on since it was seen last has another gap by now, if any.
    private void LookAgain()
    {
        foreach (var (stream, (delivered, since)) in _behind)
        {
            var now = stream.Delivered;
            if (!stream.IsBehind)
            {
                _behind.TryRemove(stream, out _);
            }
            else if (now != delivered)
            {
                _behind[stream] = (now, _time.GetTimestamp());
            }
            else if (_time.GetElapsedTime(since) >= Patience)
            {
                _behind.TryRemove(stream, out _);
                Act(stream, Need.Repair);
            }
        }

        Volatile.Write(ref _looking, 0);
        Interlocked.MemoryBarrier();
        if (!_behind.IsEmpty && Interlocked.Exchange(ref _looking, 1) == 0)
        {
            _patience.Change(LookInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RepairAsync(RoomStream stream)
    {
        await _repairs.WaitAsync().ConfigureAwait(false);
        try
        {
            var need = Need.Repair;
            do
            {
                for (var pages = 0; pages < MostPages && (need = await RepairOnceAsync(stream).ConfigureAwait(false)) == Need.Repair; pages++)
                {
                    await stream.WaitForRoomAsync().ConfigureAwait(false); // a page is a thousand messages for each member here
                }
            }
            while (!stream.TryEndRepair());
            Act(stream, need);
        }
        catch (Exception exception)
        {
            stream.TryEndRepair(evenSo: true);
            _owed.TryAdd(stream, true);
            Told(exception);
        }
        finally
        {
            _repairs.Release();
        }
    }

    // Nobody waits for these; that Redis is away is told elsewhere.
    private void Told(Exception exception)
    {
        if (exception is not UnavailableException)
        {
            RepairFailed(_logger, exception);
        }
    }

    private async ValueTask<Need> RepairOnceAsync(RoomStream stream)
    {
        if (stream.NextRepair() is not { } next)
        {
            return Need.Nothing;
        }

        var page = await _scripts.ReadAsync(stream.Room, stream.Rules, next.Since, next.Known, PageMessages, PageBytes).ConfigureAwait(false);
        return stream.Apply(page, next.Since);
    }
}
