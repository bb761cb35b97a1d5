namespace WsCore.Client.Rooms;

/// <summary>A room that the client wants to be in: where it is in it, and how it is joined.</summary>
/// <remarks>Belongs to whoever holds the session's gate.</remarks>
internal sealed class Room(string name)
{
    private List<TaskCompletionSource<Joined>>? _waiting;
    private Position? _wantedSince;

    public string Name => name;

    /// <summary>The last message that was taken, where the room keeps history.</summary>
    public Position? Position { get; private set; }

    /// <summary>What the others see.</summary>
    public Payload? State { get; set; }

    /// <summary>The server has it so, on the connection that there is.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>It was joined at some time: from then on it is joined again with each connection.</summary>
    public bool WasJoined { get; private set; }

    /// <summary>It has to be joined, or joined again.</summary>
    public bool IsToBeAsked { get; set; }

    /// <summary>The inbox was full: what comes is not taken, and will be fetched from <see cref="Position"/> on.</summary>
    public bool IsBehind { get; set; }

    /// <summary>The inbox was full, there is no history to fetch from, and it was told so.</summary>
    public bool IsGapTold { get; set; }

    /// <summary>Somebody waits for the room to be joined.</summary>
    public bool IsAwaited => _waiting is { Count: > 0 };

    /// <summary>From where on to join.</summary>
    public Position? Since => _wantedSince ?? (IsJoined && !IsBehind ? null : Position);

    /// <summary>Wants the room from another position on than its own.</summary>
    public void Want(Position since) => _wantedSince = since;

    public Task<Joined> WaitAsync(out TaskCompletionSource<Joined> waiter)
    {
        waiter = new TaskCompletionSource<Joined>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_waiting ??= []).Add(waiter);
        return waiter.Task;
    }

    public void StopWaiting(TaskCompletionSource<Joined> waiter) => _waiting?.Remove(waiter);

    /// <summary>The connection is gone.</summary>
    public void Lose() => IsJoined = false;

    /// <summary>The personal room: nobody joins it, and its position is told by the <c>welcome</c>.</summary>
    public void BeginAt(Position position)
    {
        (Position, IsJoined, WasJoined) = (position, true, true);
    }

    /// <summary>The server answered a join.</summary>
    /// <param name="since">What it was asked with.</param>
    /// <param name="joined">Its answer.</param>
    /// <returns>True: messages may be missing before the position at which the room now is.</returns>
    public bool Join(Position? since, Joined joined)
    {
        var isAway = WasJoined && !IsJoined;
        var isGap = since is null ? isAway && Position is null : joined.Recovered != true;
        if (since is not null && joined.Recovered == true)
        {
            Position = since;
        }
        else if (since is not null || !IsJoined)
        {
            Position = joined.Position;
        }

        if (since == _wantedSince)
        {
            _wantedSince = null;
        }

        (IsJoined, WasJoined, IsBehind) = (true, true, false);
        foreach (var waiter in _waiting ?? [])
        {
            waiter.TrySetResult(joined);
        }

        _waiting = null;
        return isGap;
    }

    /// <summary>The room will not be joined.</summary>
    public void Refuse(Exception error)
    {
        foreach (var waiter in _waiting ?? [])
        {
            waiter.TrySetException(error);
            _ = waiter.Task.Exception; // seen: whoever waited may have gone
        }
        _waiting = null;
    }

    /// <summary>Whether a numbered message is new here, and whether something is missing before it.</summary>
    public bool IsNew(Position position, out bool isGap)
    {
        isGap = Position is { } last && (last.Epoch != position.Epoch || position.Seq > last.Seq + 1);
        return Position is not { } known || known.Epoch != position.Epoch || position.Seq > known.Seq;
    }

    /// <summary>A message, or the answer to the client's own broadcast in its place, was taken.</summary>
    public void Advance(Position position)
    {
        if (!IsBehind && IsNew(position, out _))
        {
            Position = position;
        }
    }
}
