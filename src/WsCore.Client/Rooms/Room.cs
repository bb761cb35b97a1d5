using WsCore.Client.Wire;

namespace WsCore.Client.Rooms;

/// <summary>A room that the client wants to be in: where it is in it, and how it is joined.</summary>
/// <remarks>Belongs to whoever holds the session's gate. One join of it is open at a time: the answers of two would each set its position.</remarks>
internal sealed class Room(string name)
{
    private readonly Numbers _numbers = new();
    private List<TaskCompletionSource<Joined>> _waiting = [];
    private List<TaskCompletionSource<Joined>> _asking = [];
    private Position? _wantedSince;
    private Position? _askedSince;
    private Payload? _state;
    private Payload? _wantedState;
    private Payload? _askedState;

    public string Name => name;

    /// <summary>How far its messages were taken.</summary>
    public Numbers Numbers => _numbers;

    /// <summary>What the next join has the others see: what somebody wants, or the last that the server took.</summary>
    public Payload? StateToAsk => _wantedState ?? _state;

    /// <summary>The server has it so, on the connection that there is.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>It was joined at some time: from then on it is joined again with each connection.</summary>
    public bool WasJoined { get; private set; }

    /// <summary>It has to be joined, or joined again.</summary>
    public bool IsToBeAsked { get; set; }

    /// <summary>A join of it is not answered yet.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>Something of it was not taken: it has to be fetched.</summary>
    public bool IsBehind { get; set; }

    /// <summary>What has a number is not taken as it comes: it will be fetched, or the answer of a join tells from where on it comes again.</summary>
    public bool IsFetching => IsBehind || (IsAsking && _askedSince is not null);

    /// <summary>Something with a number came, and was not taken, since the join that is open was asked.</summary>
    public bool HasMissed { get; set; }

    /// <summary>Somebody waits for the room to be joined.</summary>
    public bool IsAwaited => _waiting.Count + _asking.Count > 0;

    /// <summary>Wants the room from another position on than its own, or with another state.</summary>
    public void Want(JoinOptions options)
    {
        _wantedSince = options.Since ?? _wantedSince;
        _wantedState = options.State ?? _wantedState;
    }

    /// <summary>The server took another state.</summary>
    public void Show(Payload state) => (_state, _wantedState) = (state, null);

    public Task<Joined> WaitAsync(out TaskCompletionSource<Joined> waiter)
    {
        waiter = new TaskCompletionSource<Joined>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(waiter);
        return waiter.Task;
    }

    public void StopWaiting(TaskCompletionSource<Joined> waiter)
    {
        _waiting.Remove(waiter);
        _asking.Remove(waiter);
        if (_waiting.Count == 0)
        {
            (_wantedSince, _wantedState) = (_askedSince, null); // what else was wanted, nobody wants any more
        }
    }

    /// <summary>A join is sent now.</summary>
    public RoomRequest Ask()
    {
        StopAsking(); // one that was in vain
        (IsToBeAsked, IsAsking) = (false, true);
        _askedSince = _wantedSince ?? (IsJoined && !IsBehind ? null : _numbers.Last);
        var state = StateToAsk;
        (_askedState, _wantedState) = (_wantedState, null);
        HasMissed = IsBehind;
        (_asking, _waiting) = (_waiting, []);
        return new RoomRequest(name, _askedSince, state);
    }

    /// <summary>The connection is gone.</summary>
    public void Lose()
    {
        IsJoined = false;
        StopAsking();
    }

    /// <summary>The server does not join it now: it has to be asked again.</summary>
    public void Postpone()
    {
        IsBehind |= _askedSince is not null; // what came after it is still to come: of the personal room messages arrive without a join
        StopAsking();
    }

    /// <summary>The personal room: nobody joins it, and its position is told by the <c>welcome</c>.</summary>
    public void BeginAt(Position position)
    {
        _numbers.GoTo(position);
        (IsJoined, WasJoined) = (true, true);
    }

    /// <summary>The server answered the join.</summary>
    /// <returns>True: messages may be missing before the position at which the room now is.</returns>
    public bool Join(Joined joined)
    {
        var isGap = _askedSince is null ? WasJoined && !IsJoined && _numbers.Last is null : joined.Recovered != true;
        if (_askedSince is not null || !IsJoined || _numbers.Last is null) // else it goes on where it is
        {
            _numbers.GoTo(_askedSince is not null && joined.Recovered == true ? _askedSince : joined.Position);
            IsBehind = false;
        }

        if (_askedSince == _wantedSince)
        {
            _wantedSince = null;
        }

        _state = _askedState ?? _state;
        (IsJoined, WasJoined, IsAsking, _askedSince, _askedState) = (true, true, false, null, null);
        _asking.ForEach(waiter => waiter.TrySetResult(joined));
        _asking.Clear();
        IsToBeAsked &= IsBehind || _waiting.Count > 0; // what it missed comes after this answer
        return isGap;
    }

    /// <summary>It is joined, and stays so as it was: the server did not take the join by which it was to be joined otherwise.</summary>
    public void Keep(Exception error)
    {
        if (HasMissed)
        {
            IsBehind = IsToBeAsked = true;
        }

        if (_waiting.Count == 0)
        {
            _wantedSince = null; // else somebody else may want it too
        }

        (IsAsking, _askedSince, _askedState) = (false, null, null);
        Fail(_asking, error);
    }

    /// <summary>The room will not be joined.</summary>
    public void Refuse(Exception error)
    {
        StopAsking();
        Fail(_waiting, error);
    }

    private static void Fail(List<TaskCompletionSource<Joined>> waiting, Exception error)
    {
        foreach (var waiter in waiting)
        {
            waiter.TrySetException(error);
            _ = waiter.Task.Exception; // seen: whoever waited may have gone
        }
        waiting.Clear();
    }

    private void StopAsking()
    {
        _wantedState ??= _askedState;
        (IsAsking, _askedSince, _askedState) = (false, null, null);
        _waiting.AddRange(_asking);
        _asking.Clear();
    }
}
