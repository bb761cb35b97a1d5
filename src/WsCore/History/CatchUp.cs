using WsCore.Backplane;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.Protocol;

namespace WsCore.History;

/// <summary>The replays of one connection: one at a time, each in steps, the next step when the reader has taken the last.</summary>
/// <remarks>
/// Thread-safe. So what a connection has yet to read of its past is never more than a step, however much it missed and in however many rooms, and a long replay trips
/// no limit. A step is run by one thread at a time, in no turn and under no lock. Where a room forgets messages before a reader gets to them the connection is closed: going on
/// would leave a gap that nobody tells of. Where a store that is shared with other nodes does not answer, or tells of messages that have yet to come to the room here, the step is made again a little
/// later, as long as the connection is there.
/// </remarks>
internal sealed class CatchUp(Connection connection, ReplaySource source) : IThreadPoolWorkItem
{
    private const int MostStepBytes = 256 * 1024;
    private const int MostVain = 3;

    /// <summary>Until a room has got what its store had already: on its way it takes milliseconds, and some tenths of a second where it was lost and is read again.</summary>
    private static readonly TimeSpan AheadDelay = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Replay> _waiting = []; // those that are over leave when another comes, so: one of each membership, and one
    private bool _running;
    private ITimer? _later;

    /// <summary>Whose they are.</summary>
    public Connection Connection { get; } = connection;

    /// <summary>Replays that it keeps; a reading.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Bytes of messages that one step hands to an outbox of this size: so few that they alone can never make its reader a slow one.</summary>
    public static int StepFor(int outboxBytes) => Math.Min(MostStepBytes, outboxBytes / 4);

    /// <summary>Begins a replay, after those that wait already. One that is over by now is not begun.</summary>
    public void Start(Replay replay)
    {
        lock (_gate)
        {
            _waiting.RemoveAll(static waiting => waiting.IsOver);
            if (replay.IsOver)
            {
                return;
            }

            if (_waiting.Count > 0)
            {
                replay.First = null; // it is read again when its turn comes: a reader that does not read keeps alive one page, not one of each room
            }

            _waiting.Add(replay);
            if (_running)
            {
                return;
            }

            _running = true;
        }

        Connection.Outbox.Lane.Queue(this);
    }

    /// <summary>The reader has taken what the last step gave.</summary>
    public void Drained() => Connection.Outbox.Lane.Queue(this);

    async void IThreadPoolWorkItem.Execute()
    {
        try
        {
            await StepAsync().ConfigureAwait(false);
        }
        catch (UnavailableException)
        {
            Later(RetryDelay);
        }
        catch (Exception exception)
        {
            Connection.Outbox.Lane.Failed(exception);
            Connection.Close(CloseCodes.InternalError, "The server failed to read what was missed; connect again.");
        }
    }

    private async ValueTask StepAsync()
    {
        var vain = 0; // steps that brought nothing, because a page was read before the newest message came
        while (Next() is { } replay)
        {
            if (replay.IsOver)
            {
                Remove(replay);
                continue;
            }

            var room = replay.Membership.Room;
            var page = replay.First ?? await source.Store.ReadAsync(room.Name, room.Rules.History!, new Position(replay.Epoch, replay.Position), int.MaxValue, source.StepBytes)
                .ConfigureAwait(false);
            replay.First = null;
            var outcome = room.Replay(replay, page);
            if (outcome == ReplayOutcome.Overtaken)
            {
                source.Metrics.Recovery("overtaken");
                Connection.Close(CloseCodes.SlowReader, "The history of a room was forgotten faster than it was read; connect again.");
                return;
            }

            if (outcome == ReplayOutcome.Ahead || (outcome == ReplayOutcome.More && page.Frames.Length == 0 && ++vain == MostVain))
            {
                Later(AheadDelay);
                return;
            }

            if (outcome != ReplayOutcome.More)
            {
                Remove(replay);
            }

            if (page.Frames.Length > 0 && outcome != ReplayOutcome.Cancelled)
            {
                Connection.Outbox.Lane.Post(LaneItem.AwaitDrain(Connection.Outbox));
                return;
            }
        }
    }

    // It runs on meanwhile, so nobody else sets the timer.
    private void Later(TimeSpan delay)
    {
        _later ??= source.Time.CreateTimer(static catchUp => ((CatchUp)catchUp!).Drained(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _later.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private Replay? Next()
    {
        lock (_gate)
        {
            _running = _waiting.Count > 0;
            return _running ? _waiting[0] : null;
        }
    }

    private void Remove(Replay replay)
    {
        lock (_gate)
        {
            _waiting.Remove(replay);
        }
    }
}
