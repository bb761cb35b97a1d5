using WsCore.Client.Connections;
using WsCore.Client.Requests;
using WsCore.Client.Rooms;
using WsCore.Client.Wire;

namespace WsCore.Client.Sessions;

/// <content>Rooms: wanting, joining, losing and catching up.</content>
internal sealed partial class Session
{
    private const int RoomsPerJoin = 128;
    private const int MaxOpenJoins = 4; // those who want a room meanwhile are asked for together
    private const int MaxStateBytes = 1024;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    public async Task<Joined> JoinAsync(string name, JoinOptions options, CancellationToken cancellation)
    {
        if (options.State is { } shown)
        {
            CheckState(shown);
        }

        Room room;
        Task<Joined> joined;
        TaskCompletionSource<Joined> waiter;
        lock (_gate)
        {
            ThrowIfClosed();
            room = _rooms.GetOrAdd(name);
            room.Want(options);
            room.IsToBeAsked = true;
            joined = room.WaitAsync(out waiter);
            AskRooms();
        }
        Kick();
        try
        {
            return await joined.WaitAsync(_options.RequestTimeout, _options.Time, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            if (error is TimeoutException && joined.IsCompleted)
            {
                return await joined.ConfigureAwait(false);
            }

            GiveUpJoining(room, waiter);
            if (error is TimeoutException)
            {
                throw new TimeoutException($"Joining '{name}' was not answered within {_options.RequestTimeout.TotalSeconds:0.#} s.");
            }

            throw;
        }
    }

    public async Task LeaveAsync(string name, CancellationToken cancellation)
    {
        bool isToBeSaid;
        var leave = (name, Interlocked.Increment(ref _lastLeave));
        lock (_gate)
        {
            ThrowIfClosed();
            isToBeSaid = Forget(name, new OperationCanceledException("The room was left before it was joined."));
            if (isToBeSaid)
            {
                _leaving.Add(leave);
            }
        }
        if (!isToBeSaid)
        {
            Kick();
            return;
        }

        try
        {
            await AskAsync(id => RequestFrames.Leave(id, name), isRepeatable: false, _options.RequestTimeout, new RequestRooms(null, Leaves: name), cancellation).ConfigureAwait(false);
            isToBeSaid = false;
        }
        catch (ConnectionClosedException) when (_closed is null) // the end of a connection leaves every room, and this one is not joined again
        {
            isToBeSaid = false;
        }
        finally
        {
            lock (_gate)
            {
                _leaving.Remove(leave);
                if (isToBeSaid && _isReady && _rooms.Find(name) is null)
                {
                    _connection!.Outbox.AddUrgent(RequestFrames.Leave(0, name)); // nobody waits for it any more, and it may not have left
                }

                AskRooms();
            }
            Kick();
        }
    }

    /// <exception cref="ArgumentException">It is no JSON, or more than a state may be.</exception>
    public static void CheckState(Payload state)
    {
        RequestFrames.CheckJson(state);
        if (state.Bytes.Length > MaxStateBytes)
        {
            throw new ArgumentException($"A state may have {MaxStateBytes} bytes, and this one has {state.Bytes.Length}.");
        }
    }

    public void Show(string name, Payload state)
    {
        lock (_gate)
        {
            if (_rooms.Find(name) is { } room)
            {
                room.Show(state);
            }
        }
    }

    /// <summary>
    /// Asks for the rooms that want it, as many at a time as the server takes. A room that is just being asked for, or left, is asked for after the answer; so are those that come to more than
    /// <see cref="MaxOpenJoins"/>.
    /// </summary>
    private void AskRooms()
    {
        while (_connection is not null && _openJoins < MaxOpenJoins && RoomsToAsk() is { Length: > 0 } rooms)
        {
            foreach (var batch in ThatFits(rooms))
            {
                Ask(batch);
            }
        }
    }

    private Room[] RoomsToAsk() =>
        [.. _rooms.All.Where(room => room is { IsToBeAsked: true, IsAsking: false } && !_leaving.Any(leave => leave.Room == room.Name)).Take(RoomsPerJoin)];

    private void Ask(Room[] rooms)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = new Request(id, RequestFrames.Join(id, [.. rooms.Select(room => room.Ask())])) { Joins = rooms };
        if (request.Message.Bytes.Length > _welcome!.MaxMessageBytes)
        {
            AskLess(rooms, "too_large", "Joining the room takes more bytes than the server does (limits.messageBytes).");
            return;
        }
        _openJoins++;
        _pending.Add(request);
        _connection!.Outbox.AddUrgent(request.Message);
        _ = WatchAsync(request, _connection);
    }

    /// <summary>One room that is not taken makes the whole join invalid. Which one it is, halves tell.</summary>
    private void AskLess(Room[] rooms, string code, string reason)
    {
        if (rooms is [var room])
        {
            Refused(room, code, reason);
            return;
        }
        foreach (var half in rooms.Chunk(Math.Max(1, (rooms.Length + 1) / 2)))
        {
            Ask(half);
        }
    }

    /// <summary>States may be large: in pieces that are surely smaller than the largest message.</summary>
    private IEnumerable<Room[]> ThatFits(Room[] rooms)
    {
        var bytes = rooms.Sum(room => 150 + (room.Name.Length * 6) + (room.StateToAsk?.Bytes.Length ?? 0));
        return rooms.Length == 1 || bytes < _welcome!.MaxMessageBytes ? [rooms] : rooms.Chunk((rooms.Length + 1) / 2).SelectMany(ThatFits);
    }

    /// <summary>A server that does not even answer a join is as good as gone. While the rate holds the join back nothing is wrong with it.</summary>
    private async Task WatchAsync(Request join, Connection connection)
    {
        try
        {
            for (var patience = _options.RequestTimeout; patience > TimeSpan.Zero;)
            {
                try
                {
                    await join.Reply.WaitAsync(patience, _options.Time, _lifetime.Token).ConfigureAwait(false);
                    return;
                }
                catch (TimeoutException)
                {
                    var waited = join.Message.TakenAt is { } at ? _options.Time.GetElapsedTime(at) : connection.Outbox.IsHeldBack ? TimeSpan.Zero : _options.RequestTimeout;
                    patience = TimeSpan.FromMilliseconds(Math.Ceiling((_options.RequestTimeout - waited).TotalMilliseconds)); // less than one is no time at all to a timer
                }
            }

            if (!join.Reply.IsCompleted) // else the answer was there, and its news was slower than the timer's
            {
                connection.Abort(Closure.None, "The server did not answer a join.");
            }
        }
        catch (Exception error) when (error is WsClientException or OperationCanceledException or ObjectDisposedException) { } // answered with a no, or over
    }

    private void Joined(Request request, Reply reply)
    {
        _openJoins--;
        var rooms = request.Joins!;
        if (rooms.Count > 1 && reply is { Type: "error", Code: not ("unavailable" or "rate_limited") })
        {
            Room[] left = [.. rooms.Where(room => _rooms.Find(room.Name) == room)];
            if (left.Length == rooms.Count)
            {
                AskLess(left, reply.Code ?? "", reply.Message ?? "");
            }
            else if (left.Length > 0)
            {
                Ask(left); // the one that is not taken may be among those that were given up
            }
        }
        else
        {
            JoinedEach(rooms, reply);
        }

        AskRooms(); // who wanted one of them while this was open
        if (_openJoins == 0 && !_isReady)
        {
            Ready();
        }
    }

    private void JoinedEach(IReadOnlyList<Room> rooms, Reply reply)
    {
        var later = new List<Room>();
        var after = TimeSpan.Zero;
        for (var n = 0; n < rooms.Count; n++)
        {
            var result = reply.ResultOf(n, rooms[n].Name);
            if (_rooms.Find(rooms[n].Name) != rooms[n])
            {
                LeaveAfterAll(rooms[n].Name, result);
            }
            else if (result.Code is null)
            {
                Joined(rooms[n], result);
            }
            else if (result.Code is "unavailable" or "rate_limited")
            {
                rooms[n].Postpone();
                later.Add(rooms[n]);
                var told = result.RetryAfterTime ?? AskAgainAfter;
                after = told > after ? told : after;
            }
            else
            {
                Refused(rooms[n], result.Code, result.Message ?? result.Code);
            }
        }
        if (later.Count > 0)
        {
            _ = AskAgainAsync(later, after);
        }
    }

    /// <summary>A room that was left while its join was open: the server has it now, unless somebody wants it again.</summary>
    private void LeaveAfterAll(string name, RoomResult result)
    {
        if (result.Code is null && _rooms.Find(name) is null)
        {
            _connection!.Outbox.AddUrgent(RequestFrames.Leave(0, name));
        }
    }

    private void Joined(Room room, RoomResult result)
    {
        var before = room.Numbers.Last;
        if (room.Join(new Joined(room.Name, result.Position, result.Recovered, result.Count)))
        {
            _events.Add(new GapEvent(room.Name, before, room.Numbers.Last));
        }
    }

    /// <summary>The server does not join a room. One that it has joined before it leaves as it was.</summary>
    private void Refused(Room room, string code, string reason)
    {
        if (room is { IsJoined: true, IsBehind: false })
        {
            room.Keep(new RequestException(code, reason, null));
            return;
        }

        if (room.IsJoined)
        {
            _connection!.Outbox.AddUrgent(RequestFrames.Leave(0, room.Name)); // what it missed cannot be had
        }

        TakeOff(room, code, reason);
    }

    private void TakeOff(Room room, string code, string reason)
    {
        _rooms.Remove(room.Name);
        if (room.WasJoined)
        {
            _events.Add(new RemovedEvent(room.Name, code, reason));
        }

        room.Refuse(new RequestException(code, reason, null));
    }

    private async Task AskAgainAsync(List<Room> rooms, TimeSpan after)
    {
        var connection = _connection;
        try
        {
            await Task.Delay(after, _options.Time, _lifetime.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        lock (_gate)
        {
            if (_connection != connection)
            {
                return; // a new connection asks by itself, and is told a time of its own
            }

            rooms.ForEach(room => room.IsToBeAsked |= !room.IsAsking && (!room.IsJoined || room.IsBehind || room.IsAwaited));
            AskRooms();
        }
        Kick();
    }

    private void GiveUpJoining(Room room, TaskCompletionSource<Joined> waiter)
    {
        lock (_gate)
        {
            room.StopWaiting(waiter);
            if (!room.WasJoined && !room.IsAwaited && _rooms.Find(room.Name) == room)
            {
                _rooms.Remove(room.Name); // a join of it that is open is followed by a leave, but not before its answer: somebody may want it again
            }
        }
    }

    /// <summary>Takes a room off the list. True: the server has to be told.</summary>
    private bool Forget(string name, Exception why)
    {
        if (_rooms.Find(name) is not { } room)
        {
            return _isReady;
        }

        if (room.IsJoined && !_isReady)
        {
            _connection!.Outbox.AddUrgent(RequestFrames.Leave(0, name)); // a request would wait for the other rooms
        }

        _rooms.Remove(name);
        room.Refuse(why);
        return _isReady;
    }

    private void Removed(Reply reply)
    {
        if (reply.Room is { } name && _rooms.Find(name) is { } room)
        {
            TakeOff(room, reply.Code ?? "", reply.Message ?? "The server took the client out of the room.");
        }
    }

    /// <summary>The personal room needs no joining; only what was sent to it meanwhile has to be asked for.</summary>
    private void ComparePersonalRoom(Welcome welcome)
    {
        if (welcome is not { User: { } user, Self: { } self })
        {
            return;
        }

        var room = _rooms.GetOrAdd($"user:{user}");
        if (room.Numbers.Last is null || room.Numbers.Last == self)
        {
            room.BeginAt(self);
        }
    }

    /// <summary>There is place in the inbox again: what did not fit is fetched.</summary>
    /// <remarks>Under the gate; whoever calls it kicks the outbox after leaving it.</remarks>
    private void CatchUp()
    {
        _isBehind = false;
        _gapsTold.Clear();
        foreach (var room in _rooms.All)
        {
            room.IsToBeAsked |= room.IsBehind;
        }
        AskRooms();
    }
}
