using WsCore.Delivery;
using WsCore.History;
using WsCore.Protocol;

namespace WsCore.Rooms;

/// <content>What a room with history does besides: it takes the messages in the order of their numbers, and leads its members from their past to the present.</content>
internal sealed partial class Room : IHistorySink
{
    // the newest message that was handed to the lanes
    private string _epoch = "";
    private long _last;
    private bool _positioned;
    private bool _opened;
    private TaskCompletionSource? _opening;

    /// <summary>The newest position; a reading, for whoever makes room for the next number. Before the room is open: of no epoch.</summary>
    public Position Position
    {
        get
        {
            lock (_gate)
            {
                return new Position(_epoch, _last);
            }
        }
    }

    /// <summary>Begins to get the messages of the room, those of other nodes and those that its history numbers. To be awaited before anybody joins; more than once is
    /// harmless.</summary>
    /// <remarks>
    /// All who come wait for one opening. A second attachment could still be under way when the room has been retired, and would then take the place of the room after it. Where it fails
    /// the room is retired, so those who waited try another.
    /// </remarks>
    public ValueTask OpenAsync() => Volatile.Read(ref _opened) || (Rules.History is null && !IsElsewhere) ? default : OpenOnceAsync();

    private async ValueTask OpenOnceAsync()
    {
        var lane = lanes.All[0]; // it lends its signals
        var mine = lane.NewSignal();
        if (Interlocked.CompareExchange(ref _opening, mine, null) is { } another)
        {
            await lane.WhenComplete(another).ConfigureAwait(false);
            return;
        }

        try
        {
            await OpenElsewhereAsync().ConfigureAwait(false);
            await AttachAsync().ConfigureAwait(false);
        }
        catch
        {
            Abandon();
            throw;
        }
        finally
        {
            lane.Complete(mine);
        }
    }

    private async ValueTask AttachAsync()
    {
        if (Rules.History is not { } rules)
        {
            Volatile.Write(ref _opened, true);
            return;
        }

        var position = await history.AttachAsync(Name, rules, this).ConfigureAwait(false);
        lock (_gate)
        {
            if (!_positioned) // else a message has come meanwhile, and knows better
            {
                (_epoch, _last) = (position.Epoch, position.Seq);
                _positioned = true;
            }

            Volatile.Write(ref _opened, true);
        }
    }

    void IHistorySink.Deliver(string epoch, long seq, Frame frame, Draft? draft)
    {
        ulong owned;
        lock (_gate)
        {
            (_epoch, _last) = (epoch, seq);
            _positioned = true;
            var publisher = draft?.Publisher;
            if (publisher?.Rooms.Find(this)?.Replay is { } replay)
            {
                // Its answer is a place in the order like any other, and it has not got there yet.
                replay.Expect(seq, draft!.TakeReply(), draft.Echo);
                owned = Enqueue(frame, except: null, reply: null);
            }
            else
            {
                // A closing connection may have been catching up until now, with messages before this one.
                var numbered = draft?.TakeReply();
                var reply = publisher is { IsClosing: true } ? numbered?.WithoutPosition() : numbered?.Frame;
                owned = Enqueue(frame, draft is { Echo: false } ? publisher?.Outbox : null, reply is null ? null : (publisher!, reply));
            }
        }

        if (draft is { IsHandedOver: false })
        {
            draft.Owned |= owned; // the store's lock is still held, so it is for whoever appended to run them
        }
        else
        {
            lanes.Continue(owned);
        }
    }

    void IHistorySink.Begin(string epoch)
    {
        lock (_gate)
        {
            (_epoch, _last) = (epoch, 0);
            _positioned = true;
        }
    }

    void IHistorySink.Overtaken()
    {
        foreach (var membership in Snapshot())
        {
            membership.Connection.Outbox.Lane.Queue(new Leaving(membership.Connection)); // not here: the store's lock is held, and leaving calls the store
        }
    }

    ValueTask IHistorySink.WaitForRoomAsync() => lanes.WaitForRoomAsync();

    /// <summary>Puts an end to what goes on for the room elsewhere, where nobody is in it any more. Under no lock.</summary>
    private void Close()
    {
        if (Inhabited is not null)
        {
            TellInhabited();
        }

        if (!IsRetired)
        {
            return;
        }

        Conflation?.End();
        if (Rules.History is not null)
        {
            history.Detach(Name, this);
        }

        CloseElsewhere();
    }

    /// <summary>A member is going to join again, with a <c>since</c> or while it catches up: from here on it gets no numbered messages, until that join makes it live or starts a replay.</summary>
    /// <remarks>Before the answer is held for, so that what was under way comes before it.</remarks>
    /// <returns>What is to be started should that join come to nothing; null where the member has left.</returns>
    public Replay? Suspend(Membership membership)
    {
        bool owned;
        Replay suspended;
        lock (_gate)
        {
            if (membership.RoomIndex < 0)
            {
                return null;
            }

            suspended = new Replay(membership, new Position(_epoch, membership.Replay?.Position ?? _last)) { IsSuspended = true };
            owned = EndReplay(membership);
            owned |= Pause(membership, suspended);
        }

        if (owned)
        {
            membership.Part.Lane.Run();
        }

        return suspended;
    }

    /// <summary>Hands a part of the history to a member that is catching up, and makes it live where that was the last.</summary>
    public ReplayOutcome Replay(Replay replay, in HistoryPage page)
    {
        var membership = replay.Membership;
        var lane = membership.Part.Lane;
        bool owned;
        ReplayOutcome outcome;
        lock (_gate)
        {
            if (membership.Replay != replay)
            {
                return ReplayOutcome.Cancelled;
            }

            if (!page.IsWhole || page.Epoch != _epoch)
            {
                return ReplayOutcome.Overtaken;
            }

            // The store may be ahead of what was handed to the lanes; what is beyond comes by the next step, or live.
            var until = Math.Min(page.To, _last);
            var frames = until < page.To ? page.Frames[..(int)Math.Max(0, until - page.From + 1)] : page.Frames;
            var sent = replay.Answered(frames, page.From);
            owned = sent.Length > 0 && lane.Enqueue(LaneItem.Replay(membership.Outbox, sent));
            replay.Position = Math.Max(replay.Position, until);
            outcome = replay.Position > _last ? ReplayOutcome.Ahead : ReplayOutcome.More;
            if (replay.Position == _last)
            {
                membership.Replay = null;
                owned |= lane.Enqueue(LaneItem.GoLive(membership));
                outcome = ReplayOutcome.Live;
            }
        }

        if (owned)
        {
            lane.Run();
        }

        return outcome;
    }

    // All of the following under the gate; true, or owned: the member's lane is the caller's to run.

    // Whether what was missed comes. A page of another epoch was read before the room was forgotten, and has nothing to do with what comes now.
    private bool Replay(Membership membership, HistoryPage? missed, ref bool owned)
    {
        if (missed is not { } page || page.Epoch != _epoch)
        {
            return false;
        }

        if (page.Frames.Length > 0 || page.To != _last)
        {
            owned |= Pause(membership, new Replay(membership, new Position(page.Epoch, page.From - 1)) { First = page });
        }

        return true;
    }

    private bool Resume(Membership membership, HistoryPage? missed, ref bool owned)
    {
        if (membership.Replay is not { } suspended)
        {
            return false; // it joins once more; with a since, it has become a member by an earlier entry of the same request, and live messages wait behind the answer
        }

        if (missed is { } page && page.Epoch == _epoch)
        {
            membership.Replay = new Replay(membership, new Position(page.Epoch, page.From - 1)) { First = page };
            return true;
        }

        owned |= suspended.IsSuspended && GoLive(membership);
        return false;
    }

    private static bool Pause(Membership membership, Replay replay)
    {
        var owned = membership.Replay is null && membership.Part.Lane.Enqueue(LaneItem.Pause(membership));
        membership.Replay = replay;
        return owned;
    }

    private static bool GoLive(Membership membership)
    {
        membership.Replay = null;
        return membership.Part.Lane.Enqueue(LaneItem.GoLive(membership));
    }

    private sealed class Leaving(Connections.Connection connection) : IThreadPoolWorkItem
    {
        public void Execute() => connection.Close(Framing.CloseCodes.SlowReader, "Messages of a room were lost on the way here and are kept no more; connect again.");
    }

    private static bool EndReplay(Membership membership)
    {
        var owned = false;
        foreach (var reply in membership.Replay?.TakeReplies() ?? [])
        {
            owned |= membership.Part.Lane.Enqueue(LaneItem.Send(membership.Outbox, reply));
        }

        membership.Replay = null;
        return owned;
    }
}
