using WsCore.Client.Connections;
using WsCore.Client.Diagnostics;
using WsCore.Client.Requests;
using WsCore.Client.Wire;

namespace WsCore.Client.Sessions;

/// <content>Requests: asking, repeating, being answered.</content>
internal sealed partial class Session
{
    /// <summary>Asks, and asks again where that does no harm, until there is an answer or <paramref name="patience"/> is over.</summary>
    /// <param name="write">The message, given its id.</param>
    /// <param name="isRepeatable">It has a <c>once</c>, or changes nothing.</param>
    /// <param name="patience">How long.</param>
    /// <param name="rooms">What it has to do with rooms.</param>
    /// <param name="cancellation">Ends the waiting. What has been sent stays sent.</param>
    public async Task<Reply> AskAsync(Func<long, Outbound> write, bool isRepeatable, TimeSpan patience, RequestRooms rooms, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _lastId);
        var request = new Request(id, write(id))
        {
            IsRepeatable = isRepeatable,
            Due = _options.Time.GetTimestamp() + (long)(patience.TotalSeconds * _options.Time.TimestampFrequency),
            Rooms = rooms,
        };
        lock (_gate)
        {
            Begin(request);
        }

        Kick();
        try
        {
            return await request.Reply.WaitAsync(patience, _options.Time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            if (request.Reply.IsCompleted)
            {
                return await request.Reply.ConfigureAwait(false); // the answer was there, and its news was slower than the timer's
            }
            throw new TimeoutException($"There was no answer within {patience.TotalSeconds:0.#} s; it is not known whether the request took effect.");
        }
        finally
        {
            lock (_gate)
            {
                _pending.Remove(request);
            }
        }
    }

    /// <summary>Sends what gets no answer. False: it was dropped.</summary>
    public bool Post(Outbound message)
    {
        Connection? connection;
        lock (_gate)
        {
            ThrowIfClosed();
            if (_welcome is { } welcome && message.Bytes.Length > welcome.MaxMessageBytes)
            {
                throw TooLarge(message.Bytes.Length);
            }

            connection = _isReady && _connection!.Outbox.TryPost(message) ? _connection : null;
        }
        connection?.Outbox.Kick();
        if (connection is null)
        {
            ClientMetrics.PostsDropped.Add(1);
        }

        return connection is not null;
    }

    private void Begin(Request request)
    {
        ThrowIfClosed();
        var length = request.Message.Bytes.Length;
        if (_welcome is { } welcome && length > welcome.MaxMessageBytes)
        {
            throw TooLarge(length);
        }

        if (!request.IsRepeatable && !_isReady)
        {
            throw new ConnectionClosedException(Closure.None, "There is no connection at the moment, and what may not be repeated is not kept until there is one.");
        }

        if (_pending.IsFull(length))
        {
            ClientMetrics.RequestsRefused.Add(1);
            throw new WsClientException("Too many requests are unanswered (MaxPending, MaxPendingBytes): await some of them before asking more.");
        }
        _pending.Add(request);
        if (_isReady)
        {
            SendNow(request);
        }
    }

    private void Answered(Reply reply)
    {
        if (!long.TryParse(reply.Id, out var id) || _pending.Find(id) is not { } request)
        {
            if (reply.Type == "error" && reply.Id is null)
            {
                _events.Add(new ErrorEvent(reply.Code ?? "", reply.Message ?? ""));
            }

            return;
        }
        if (reply.Type == "error" && IsWorthAnotherTry(request, reply))
        {
            _ = RepeatAsync(request, reply.RetryAfterTime ?? AskAgainAfter);
            return;
        }
        _pending.Remove(request);
        Place(request, reply);
        if (reply.Type == "error")
        {
            request.Fail(new RequestException(reply.Code ?? "", reply.Message ?? "", reply.RetryAfterTime));
        }
        else
        {
            request.Complete(reply);
        }

        if (request.Joins is not null)
        {
            Joined(request, reply);
        }
    }

    /// <summary>
    /// The answer to one's own broadcast stands where the message would have come. Not so that of a repetition, or of a broadcast to several rooms: they tell only which numbers are the client's own.
    /// </summary>
    private void Place(Request request, Reply reply)
    {
        if (request.Rooms is { IsPosition: true, Names: [var name] } && reply.Position is { } position && _rooms.Find(name) is { } room)
        {
            if (reply.Duplicate)
            {
                room.Numbers.Own(position);
            }
            else if (room is { IsJoined: true, IsFetching: false })
            {
                Take(room, position);
            }
            else
            {
                room.HasMissed = true;
            }
        }
        foreach (var result in request.Joins is null ? reply.Results ?? [] : [])
        {
            if (result.Position is { } own)
            {
                _rooms.Find(result.Room)?.Numbers.Own(own);
            }
        }
    }

    /// <summary>What is over a rate, what needs something that is away, and what came before its room was joined, or joined again.</summary>
    private bool IsWorthAnotherTry(Request request, Reply error)
    {
        var isForLater = error.Code switch
        {
            "rate_limited" or "unavailable" => error.RetryAfter is not null,
            "not_joined" => request.Rooms.Names?.Any(name => _rooms.Find(name) is { IsJoined: false } room && (room.WasJoined || room.IsAwaited)) ?? false,
            _ => false,
        };
        var after = error.RetryAfterTime ?? AskAgainAfter;
        var isHarmless = request.IsRepeatable || (request.Rooms.Leaves is not null && error.Code == "rate_limited");
        return isForLater && isHarmless && _options.Time.GetTimestamp() + (after.TotalSeconds * _options.Time.TimestampFrequency) < request.Due;
    }

    private async Task RepeatAsync(Request request, TimeSpan after)
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
            if (_connection != connection || !_isReady || _pending.Find(request.Id) != request)
            {
                return; // a new connection repeats by itself
            }

            ClientMetrics.Repeated.Add(1);
            SendNow(request);
        }
        Kick();
    }

    private void Kick() => Connection?.Outbox.Kick();

    private static ArgumentException TooLarge(int bytes) => new($"The message has {bytes} bytes, which is more than the server takes (limits.messageBytes): send less at a time.");
}
