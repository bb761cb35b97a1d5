using WsCore.Client.Connections;
using WsCore.Client.Requests;
using WsCore.Client.Rooms;
using WsCore.Client.Wire;

namespace WsCore.Client.Sessions;

/// <content>Rooms: wanting, joining, losing and catching up.</content>
internal sealed partial class Session
{
    private const int RoomsPerJoin = 128;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    public async Task<Joined> JoinAsync(string name, JoinOptions options, CancellationToken cancellation)
    {
        Room room;
        Task<Joined> joined;
        TaskCompletionSource<Joined> waiter;
        lock (_gate)
        {
            ThrowIfClosed();
            room = _rooms.GetOrAdd(name);
            if (options.Since is { } since)
            {
                room.Want(since);
            }

            room.State = options.State ?? room.State;
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
        lock (_gate)
        {
            ThrowIfClosed();
            isToBeSaid = Forget(name, new OperationCanceledException("The room was left before it was joined."));
        }
        if (!isToBeSaid)
        {
            return;
        }

        try
        {
            await AskAsync(id => RequestFrames.Leave(id, name), isRepeatable: false, _options.RequestTimeout, default, cancellation).ConfigureAwait(false);
        }
        catch (ConnectionClosedException) when (_closed is null) { } // the end of a connection leaves every room, and this one is not joined again
    }

    public void Show(string name, Payload state)
    {
        lock (_gate)
        {
            if (_rooms.Find(name) is { } room)
            {
                room.State = state;
            }
        }
    }

    /// <summary>Asks for the rooms that want it, as many at a time as the server takes.</summary>
    private void AskRooms()
    {
        if (_connection is null)
        {
            return;
        }

        foreach (var batch in _rooms.All.Where(room => room.IsToBeAsked).Chunk(RoomsPerJoin).SelectMany(ThatFits))
        {
            var joins = batch.Select(room => (room, room.Since)).ToArray();
            var id = Interlocked.Increment(ref _lastId);
            var message = RequestFrames.Join(id, [.. joins.Select(join => new RoomRequest(join.room.Name, join.Since, join.room.State))]);
            var request = new Request(id, message) { Joins = joins };
            foreach (var room in batch)
            {
                room.IsToBeAsked = false;
            }

            _pending.Add(request);
            _openJoins++;
            _connection.Outbox.Add(message);
            _ = WatchAsync(request, _connection);
        }
    }

    /// <summary>States may be large: in pieces that are surely smaller than the largest message.</summary>
    private IEnumerable<Room[]> ThatFits(Room[] rooms)
    {
        var bytes = rooms.Sum(room => 150 + (room.Name.Length * 6) + (room.State?.Bytes.Length ?? 0));
        return rooms.Length == 1 || bytes < _welcome!.MaxMessageBytes ? [rooms] : rooms.Chunk((rooms.Length + 1) / 2).SelectMany(ThatFits);
    }

    /// <summary>A server that does not even answer a join is as good as gone.</summary>
    private async Task WatchAsync(Request join, Connection connection)
    {
        try
        {
            await join.Reply.WaitAsync(_options.RequestTimeout, _options.Time, _lifetime.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
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
        var later = new List<Room>();
        var after = TimeSpan.Zero;
        for (var n = 0; n < request.Joins!.Count; n++)
        {
            var (room, since) = request.Joins[n];
            var result = reply.ResultOf(n, room.Name);
            if (_rooms.Find(room.Name) != room)
            {
                continue; // left in between
            }

            if (result.Code is null)
            {
                Joined(room, since, result);
            }
            else if (result.Code is "unavailable" or "rate_limited")
            {
                later.Add(room);
                var told = result.RetryAfterTime ?? AskAgainAfter;
                after = told > after ? told : after;
            }
            else
            {
                Refused(room, result.Code, result.Message ?? result.Code);
            }
        }
        if (later.Count > 0)
        {
            _ = AskAgainAsync(later, after);
        }
        if (_openJoins == 0 && !_isReady)
        {
            Ready();
        }
    }

    private void Joined(Room room, Position? since, RoomResult result)
    {
        var joined = new Joined(room.Name, result.Position, result.Recovered, result.Count);
        var before = since ?? room.Position;
        if (room.Join(since, joined))
        {
            _events.Add(new GapEvent(room.Name, before, room.Position));
        }
    }

    private void Refused(Room room, string code, string reason)
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
            rooms.ForEach(room => room.IsToBeAsked |= !room.IsJoined || room.IsBehind || room.IsAwaited); // a new connection may have asked meanwhile
            AskRooms();
        }
        Kick();
    }

    private void GiveUpJoining(Room room, TaskCompletionSource<Joined> waiter)
    {
        bool isToBeSaid;
        lock (_gate)
        {
            room.StopWaiting(waiter);
            if (room.WasJoined || room.IsAwaited || _rooms.Find(room.Name) != room)
            {
                return;
            }

            isToBeSaid = Forget(room.Name, new OperationCanceledException());
        }
        if (isToBeSaid)
        {
            Post(RequestFrames.Leave(0, room.Name));
        }
    }

    /// <summary>Takes a room off the list. True: the server has to be told.</summary>
    private bool Forget(string name, Exception why)
    {
        if (_rooms.Find(name) is not { } room)
        {
            return _isReady;
        }

        _rooms.Remove(name);
        room.Refuse(why);
        return _isReady;
    }

    private void Removed(Reply reply)
    {
        if (reply.Room is { } name && _rooms.Find(name) is { } room)
        {
            Refused(room, reply.Code ?? "", reply.Message ?? "The server took the client out of the room.");
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
        if (room.Position is null || room.Position == self)
        {
            room.BeginAt(self);
        }
    }

    /// <summary>There is place in the inbox again: what did not fit is fetched.</summary>
    private void CatchUp()
    {
        lock (_gate)
        {
            _isBehind = false;
            foreach (var room in _rooms.All)
            {
                room.IsToBeAsked |= room.IsBehind;
                room.IsGapTold = false;
            }
            AskRooms();
        }
        Kick();
    }
}
