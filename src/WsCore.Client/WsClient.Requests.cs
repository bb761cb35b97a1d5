using WsCore.Client.Connections;
using WsCore.Client.Wire;

namespace WsCore.Client;

/// <content>What a client asks.</content>
public sealed partial class WsClient
{
    /// <summary>Becomes a member of a room, and stays one over all reconnects until it leaves or is removed. When this fails it is no member, unless it was one before. (Joins do not count for <see cref="WsClientOptions.MaxPending"/>.)</summary>
    public Task<Joined> JoinAsync(string room, JoinOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        return Started.JoinAsync(room, options ?? JoinOptions.Default, cancellation);
    }

    /// <summary>Leaves a room.</summary>
    public Task LeaveAsync(string room, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        return Started.LeaveAsync(room, cancellation);
    }

    /// <summary>A message to the members of a room; done when the server has taken it. Until then it is repeated, with the same <c>once</c>, so it takes effect once.</summary>
    public Task<Ack> BroadcastAsync(string room, Payload payload, BroadcastOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        return BroadcastAsync([room], payload, options, cancellation);
    }

    /// <summary>A message to the members of 1 to 16 rooms: all or none.</summary>
    public async Task<Ack> BroadcastAsync(IReadOnlyList<string> rooms, Payload payload, BroadcastOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        if (rooms.Count is 0 or > 16)
        {
            throw new ArgumentException($"A broadcast goes to 1 to 16 rooms, not to {rooms.Count}.", nameof(rooms));
        }

        options ??= BroadcastOptions.Default;
        var once = OnceOf(options);
        var reply = await Started.AskAsync(id => RequestFrames.Broadcast(id, rooms, payload, options, once), once is not null,
            once is null ? _options.RequestTimeout : _options.RepeatFor, new(rooms, IsPosition: rooms.Count == 1 && !options.Echo), cancellation).ConfigureAwait(false);
        return ToAck(reply);
    }

    /// <summary>
    /// A broadcast without an answer, which is not repeated: false says that there is no connection, or too much waits to be sent already, and it was dropped. For cursors and the like, with
    /// <see cref="BroadcastOptions.Ephemeral"/>. What the server has against it is an <see cref="ErrorEvent"/>.
    /// </summary>
    public bool Post(string room, Payload payload, BroadcastOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        options ??= BroadcastOptions.Default;
        return _session.Post(RequestFrames.Broadcast(0, [room], payload, options, options.Once));
    }

    /// <summary>A message to every connection of a user. <see cref="BroadcastOptions.Echo"/>, <see cref="BroadcastOptions.Ephemeral"/> and <see cref="BroadcastOptions.Key"/> mean nothing here.</summary>
    public async Task<Ack> SendAsync(string user, Payload payload, BroadcastOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        options = (options ?? BroadcastOptions.Default) with { Echo = false, Ephemeral = false, Key = null };
        var once = OnceOf(options);
        return ToAck(await Started.AskAsync(id => RequestFrames.Send(id, user, payload, options, once), isRepeatable: true, _options.RepeatFor, default, cancellation).ConfigureAwait(false));
    }

    /// <summary>A request to the application behind the server; its answer, or null where it answers without one. It is repeated until it is answered, and takes effect once.</summary>
    public async Task<Payload?> CallAsync(string method, Payload? payload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        var once = NewOnce();
        var reply = await Started.AskAsync(id => RequestFrames.Call(id, method, payload, once), isRepeatable: true, _options.RepeatFor, default, cancellation).ConfigureAwait(false);
        return reply.Payload.ToPayload();
    }

    /// <summary>Who is in a room with presence, which this client is in.</summary>
    /// <param name="room">The room.</param>
    /// <param name="limit">How many at most, 1 to 1,000.</param>
    /// <param name="after">For the next page: the user, or where there is none the connection, of the last member of the page before.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<MemberPage> MembersAsync(string room, int limit = 100, string? after = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        var reply = await ReadAsync(id => RequestFrames.Members(id, room, limit, after), [room], cancellation).ConfigureAwait(false);
        var members = (reply.Members ?? []).Select(member =>
            new Member(member.User, member.Connection, member.Connections, DateTimeOffset.FromUnixTimeMilliseconds(member.Since), member.State.ToPayload()));
        return new MemberPage([.. members], reply.Count ?? 0, reply.More);
    }

    /// <summary>What was said in a room with history, which this client is in.</summary>
    /// <param name="room">The room.</param>
    /// <param name="since">What came after this position; null: from the oldest that is kept.</param>
    /// <param name="limit">How many at most, 1 to 1,000.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<HistoryPage> HistoryAsync(string room, Position? since = null, int limit = 100, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        var reply = await ReadAsync(id => RequestFrames.History(id, room, since, limit), [room], cancellation).ConfigureAwait(false);
        var messages = (reply.Messages ?? []).Select(message => _session.ReadMessage(message));
        return new HistoryPage([.. messages], reply.From ?? 1, new Position(reply.Epoch ?? "", reply.To ?? 0), reply.More);
    }

    /// <summary>Shows the others in a room with presence something: one JSON value of at most 1,024 bytes. It is given again with each reconnect.</summary>
    public async Task ShowAsync(string room, Payload state, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        Sessions.Session.CheckState(state);
        await ReadAsync(id => RequestFrames.State(id, room, state), [room], cancellation).ConfigureAwait(false);
        _session.Show(room, state);
    }

    /// <summary>Which of 1 to 100 users are connected.</summary>
    public async Task<IReadOnlyList<string>> OnlineAsync(IReadOnlyList<string> users, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(users);
        return (await ReadAsync(id => RequestFrames.Online(id, users), null, cancellation).ConfigureAwait(false)).Users ?? [];
    }

    /// <summary>A round trip: how long the server took to answer.</summary>
    public async Task<TimeSpan> PingAsync(CancellationToken cancellation = default)
    {
        var asked = _options.Time.GetTimestamp();
        await ReadAsync(RequestFrames.PingFor, null, cancellation).ConfigureAwait(false);
        return _options.Time.GetElapsedTime(asked);
    }

    /// <summary>What changes nothing may be asked again on the next connection, but nobody waits longer for it.</summary>
    private Task<Reply> ReadAsync(Func<long, Outbound> write, IReadOnlyList<string>? rooms, CancellationToken cancellation) =>
        Started.AskAsync(write, isRepeatable: true, _options.RequestTimeout, new(rooms), cancellation);

    private static string? OnceOf(BroadcastOptions options) => options.Once ?? (options.Ephemeral ? null : NewOnce());

    private static string NewOnce() => Guid.NewGuid().ToString("N");

    private static Ack ToAck(Reply reply) => new(reply.Position, reply.Duplicate, [.. (reply.Results ?? []).Select(result => new RoomPosition(result.Room, result.Position))]);
}
