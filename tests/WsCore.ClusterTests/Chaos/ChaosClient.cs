using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using WsCore.ClusterTests.Checking;

namespace WsCore.ClusterTests.Chaos;

/// <summary>
/// A client as docs/protocol.md wants it: it keeps its position in each room, joins again with it wherever it comes to, repeats what was not answered with
/// the same <c>once</c>, and goes elsewhere when its node is silent. It tells the checker everything that it sees.
/// </summary>
/// <remarks>
/// One lock guards its rooms and what is unanswered; it is held while the checker is told, so that the checker sees events in the client's order. Per
/// connection there are three loops: one reads, one tends (joins, pings, patience, going away), one speaks.
/// </remarks>
internal sealed partial class ChaosClient
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly ChaosPlan _plan;
    private readonly Random _random;
    private readonly bool _speaks;
    private readonly ClientRoom[] _rooms;
    private readonly List<PendingMessage> _pending = [];
    private readonly List<string> _names = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _sending = new(1);
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly Dictionary<string, TaskCompletionSource<IReadOnlyList<string>?>> _questions = new(StringComparer.Ordinal);
    private ClientWebSocket? _socket;
    private TimeSpan _heard;
    private TimeSpan _leaveAt = TimeSpan.MaxValue;
    private TimeSpan _patience;
    private int _connections;
    private int _numbers;
    private int _node = -1;

    /// <param name="index">0 to 999.</param>
    /// <param name="plan">Of the run.</param>
    /// <param name="rooms">Indexes of the rooms that it is in.</param>
    /// <param name="speaks">Whether it broadcasts.</param>
    /// <param name="random">Its own.</param>
    public ChaosClient(int index, ChaosPlan plan, IEnumerable<int> rooms, bool speaks, Random random)
    {
        (Index, _plan, _speaks, _random) = (index, plan, speaks, random);
        _rooms = [.. rooms.Select(room => new ClientRoom(plan.Rooms[room], room))];
    }

    public int Index { get; }

    public IEnumerable<int> Rooms => _rooms.Select(room => room.Index);

    public bool Speaks => _speaks;

    /// <summary>Its connection's id, while it has one and is welcome.</summary>
    public string? Connection { get; private set; }

    /// <summary>The node that it goes to when all is to settle, and is at, or was last.</summary>
    public int Home => Index % _plan.Nodes.Count;

    public int Node => _node;

    /// <summary>Whether it is where it should be, in all its rooms, has caught up and waits for nothing; otherwise what it lacks.</summary>
    public string? Lack
    {
        get
        {
            lock (_lock)
            {
                return Connection is null ? "is not connected"
                    : _plan.IsSteady && _node != Home ? "is not at home"
                    : Array.Find(_rooms, room => !room.IsJoined) is { } away ? $"is not in {away.Rules.Name}"
                    : Array.Find(_rooms, IsBehind) is { } late ? $"is at {late.Position} in {late.Rules.Name}, which was at {late.Start}"
                    : _pending.Count > 0 ? $"waits for the ack of {_pending[0].Id}"
                    : null;
            }
        }
    }

    /// <summary>Lets it begin a room from a position: to read all that is kept.</summary>
    public void BeginAt(int room, RoomPosition position) => RoomOf(room).Position = position;

    public RoomPosition? PositionIn(int room)
    {
        lock (_lock)
        {
            return RoomOf(room).Position;
        }
    }

    /// <summary>Whether it has seen the room's marker.</summary>
    public bool HasSeenMarker(int room)
    {
        lock (_lock)
        {
            return RoomOf(room).Seen == _plan.Marker(room);
        }
    }

    /// <summary>Has it broadcast one more message, quiet or not.</summary>
    /// <param name="room">To which room.</param>
    /// <param name="isMarker">Whether everybody is to look out for it.</param>
    public MessageId Say(int room, bool isMarker)
    {
        lock (_lock)
        {
            var message = Compose(RoomOf(room));
            if (isMarker)
            {
                _plan.Mark(room, message.Id);
            }

            _wake.Release();
            return message.Id;
        }
    }

    /// <summary>The connections that its node lists in a room; null where there was no answer.</summary>
    public async Task<IReadOnlyList<string>?> MembersAsync(int room)
    {
        var question = new TaskCompletionSource<IReadOnlyList<string>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        string id;
        lock (_lock)
        {
            id = string.Create(CultureInfo.InvariantCulture, $"m{_questions.Count}");
            _questions.Add(id, question);
        }

        await SendAsync(_socket, $$"""{"type":"members","id":"{{id}}","room":"{{RoomOf(room).Rules.Name}}","limit":1000}""");
        await Task.WhenAny(question.Task, Pace.WaitAsync(TimeSpan.FromSeconds(5)));
        return question.Task.IsCompleted ? await question.Task : null;
    }

    /// <summary>Lives until it is stopped: connects, and connects again.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            _node = _plan.IsSteady ? Home : _random.Next(_plan.Nodes.Count);
            using var socket = new ClientWebSocket();
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            try
            {
                using var patience = new CancellationTokenSource(ConnectTimeout, TimeProvider.System);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
                await socket.ConnectAsync(_plan.Nodes[_node], either.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException)
            {
                await Pace.WaitAsync(_random.NextDouble() * TimeSpan.FromMilliseconds(Math.Min(1000, 50 << Math.Min(++failures, 5))), stop);
                continue;
            }

            failures = 0;
            await LiveAsync(socket, stop);
        }
    }

    private ClientRoom RoomOf(int room) => Array.Find(_rooms, one => one.Index == room) ?? throw new InvalidOperationException($"Client {Index} is not for {room}.");

    private static bool IsBehind(ClientRoom room) =>
        room is { Rules.KeepsHistory: true, Start: { } start, Position: { } position } && position.Epoch == start.Epoch && position.Seq < start.Seq;

    private TimeSpan Now => TimeProvider.System.GetElapsedTime(_start);

    private async Task LiveAsync(ClientWebSocket socket, CancellationToken stop)
    {
        lock (_lock)
        {
            _connections++;
            _socket = socket;
            _heard = Now;
            _leaveAt = TimeSpan.MaxValue;
            _patience = TimeSpan.FromSeconds(2 + (4 * _random.NextDouble()));
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var abort = end.Token.Register(socket.Abort);
        var welcome = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var loops = Task.WhenAll(TendAsync(socket, welcome.Task, end.Token), _speaks ? SpeakAsync(socket, welcome.Task, end.Token) : Task.CompletedTask);
        var code = await ReadAsync(socket, welcome);
        await end.CancelAsync();
        welcome.TrySetResult();
        await loops;
        lock (_lock)
        {
            if (Connection is not null)
            {
                _plan.Checker.Closed(Index, code);
            }

            Connection = null;
            _socket = null;
            foreach (var room in _rooms)
            {
                (room.IsJoined, room.IsAsking, room.JoinAt) = (false, false, default);
            }

            // Without once nothing may be said again: nobody knows whether it was heard.
            _pending.RemoveAll(message => !message.Room.Rules.KeepsHistory && message.SentAt is not null);
            _pending.ForEach(message => (message.SentAt, message.DueAt) = (null, default));
        }
    }

    private async Task<int> ReadAsync(ClientWebSocket socket, TaskCompletionSource welcome)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    if (socket.State == WebSocketState.CloseReceived)
                    {
                        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    }

                    return (int?)socket.CloseStatus ?? 1005;
                }

                length += result.Count;
                if (result.EndOfMessage)
                {
                    Take(Incoming.Read(buffer.AsSpan(0, length), _names), welcome);
                    length = 0;
                }
                else if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, 2 * length);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return 1006;
        }
    }

    // Joins, pings, patience, going away.
    private async Task TendAsync(ClientWebSocket socket, Task welcome, CancellationToken end)
    {
        using var patience = new CancellationTokenSource(ConnectTimeout, TimeProvider.System);
        using var abort = patience.Token.Register(() => { if (!welcome.IsCompleted) { socket.Abort(); } });
        await welcome;
        for (var ticks = 0; !end.IsCancellationRequested; ticks++)
        {
            List<string> requests = [];
            bool closes;
            lock (_lock)
            {
                var isSilent = Now - _heard > _patience || _pending.Exists(message => message.SentAt is { } at && Now - at > 2 * _patience);
                var isBored = !_plan.IsSteady && _random.NextDouble() < _plan.Options.Restlessness;
                if (isSilent || (isBored && _random.Next(2) == 0))
                {
                    socket.Abort();
                    return;
                }

                closes = isBored || Now > _leaveAt || (_plan.IsSteady && _node != Home);
                requests.AddRange(Wishes());
                if (ticks % 10 == 9)
                {
                    requests.Add("""{"type":"ping"}""");
                }
            }

            foreach (var request in requests)
            {
                await SendAsync(socket, request);
            }

            if (closes)
            {
                await CloseAsync(socket);
                await Pace.WaitAsync(TimeSpan.FromSeconds(2), end); // for the answer
                socket.Abort();
                return;
            }

            await Pace.WaitAsync(Tick, end);
        }
    }

    private IEnumerable<string> Wishes()
    {
        foreach (var room in _rooms)
        {
            if (!room.IsJoined && !room.IsAsking && Now >= room.JoinAt)
            {
                room.IsAsking = true;
                room.Since = room.Rules.KeepsHistory ? room.Position : null;
                var since = room.Since is { } at ? string.Create(CultureInfo.InvariantCulture, $$""","since":{"epoch":"{{at.Epoch}}","seq":{{at.Seq}}}""") : "";
                yield return $$"""{"type":"join","id":"j{{room.Index}}","room":"{{room.Rules.Name}}"{{since}}{{(room.Rules.Presence ? ",\"members\":true" : "")}}}""";
            }
            else if (room.IsJoined && !room.IsAsking && !_speaks && !_plan.IsSteady && _random.NextDouble() < _plan.Options.Restlessness)
            {
                room.IsAsking = true;
                yield return $$"""{"type":"leave","id":"l{{room.Index}}","room":"{{room.Rules.Name}}"}""";
            }
        }
    }

    private async Task SpeakAsync(ClientWebSocket socket, Task welcome, CancellationToken end)
    {
        await welcome;
        while (!end.IsCancellationRequested)
        {
            PendingMessage? next;
            lock (_lock)
            {
                next = _pending.Find(message => message.SentAt is null && Now >= message.DueAt && message.Room.IsJoined);
                if (next is null && !_plan.IsQuiet && _pending.Count < _plan.Options.Window && _rooms[_random.Next(_rooms.Length)] is { IsJoined: true } room)
                {
                    next = Compose(room);
                }

                if (next is not null)
                {
                    next.SentAt = Now;
                    _plan.Checker.Sent(Index, next.Id);
                }
            }

            if (next is not null)
            {
                var once = next.Room.Rules.KeepsHistory ? string.Create(CultureInfo.InvariantCulture, $",\"once\":\"once-{next.Id.Value:D20}\"") : "";
                await SendAsync(socket, string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"type":"broadcast","id":"b{{next.Id.Value}}","room":"{{next.Room.Rules.Name}}"{{once}},"payload":{{next.Id.Value}}}"""));
                continue;
            }

            await _wake.WaitAsync(20, CancellationToken.None);
        }
    }

    private PendingMessage Compose(ClientRoom room)
    {
        var message = new PendingMessage(new MessageId(room.Index, Index, _connections, ++_numbers), room);
        _pending.Add(message);
        return message;
    }

    // A connection that breaks is noticed where it is read.
    private async Task SendAsync(ClientWebSocket? socket, string text)
    {
        await _sending.WaitAsync();
        try
        {
            await (socket?.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None) ?? Task.CompletedTask);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task CloseAsync(ClientWebSocket socket)
    {
        await _sending.WaitAsync();
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
        }
        finally
        {
            _sending.Release();
        }
    }
}
