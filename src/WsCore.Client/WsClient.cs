using WsCore.Client.Connections;

namespace WsCore.Client;

/// <summary>
/// A client of WsCore (docs/protocol.md). It connects again by itself, joins its rooms with their positions, drops what comes twice, and repeats what was not answered.
/// </summary>
/// <remarks>All members may be called from any thread. Messages have one reader, events another.</remarks>
public sealed class WsClient : IAsyncDisposable
{
    /// <summary>A client that is not connected yet.</summary>
    /// <param name="address"><c>ws://</c> or <c>wss://</c>, with the server's path.</param>
    /// <param name="options">Default: all defaults.</param>
    public WsClient(Uri address, WsClientOptions? options = null) => throw new NotImplementedException();

    /// <summary>For tests, with connections of their own.</summary>
    internal WsClient(ISocketConnector connector, WsClientOptions options) => throw new NotImplementedException();

    /// <summary>Where the client is in its life.</summary>
    public ClientState State => throw new NotImplementedException();

    /// <summary>What the server said at the beginning of the newest connection; null before the first.</summary>
    public Welcome? Welcome => throw new NotImplementedException();

    /// <summary>Ends with the client: normally when it was disposed or the server closed with 1000, else with why the client does not come back.</summary>
    public Task Completion => throw new NotImplementedException();

    /// <summary>Connects, and keeps at it until there is a connection, it is cancelled, or the server says not to come back. A second call waits for the same.</summary>
    /// <exception cref="ConnectionClosedException">The server said not to come back.</exception>
    public Task ConnectAsync(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Becomes a member of a room, and stays one over all reconnects until it leaves or is removed.</summary>
    /// <exception cref="RequestException">The server refused it.</exception>
    public Task<Joined> JoinAsync(string room, JoinOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Leaves a room.</summary>
    public Task LeaveAsync(string room, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>A message to the members of a room; done when the server has taken it.</summary>
    public Task<Ack> BroadcastAsync(string room, Payload payload, BroadcastOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>A message to the members of 1 to 16 rooms: all or none.</summary>
    public Task<Ack> BroadcastAsync(IReadOnlyList<string> rooms, Payload payload, BroadcastOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>A broadcast without an answer, which is not repeated. False: there is no connection, or too much waits to be sent already, and it was dropped.</summary>
    public bool Post(string room, Payload payload, BroadcastOptions? options = null) => throw new NotImplementedException();

    /// <summary>A message to every connection of a user.</summary>
    public Task<Ack> SendAsync(string user, Payload payload, BroadcastOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>A request to the application behind the server; its answer.</summary>
    public Task<Payload?> CallAsync(string method, Payload? payload = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Who is in a room with presence.</summary>
    public Task<MemberPage> MembersAsync(string room, int limit = 100, string? after = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>What was said in a room with history.</summary>
    public Task<HistoryPage> HistoryAsync(string room, Position? since = null, int limit = 100, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Shows the others in a room with presence something: one JSON value of at most 1,024 bytes.</summary>
    public Task ShowAsync(string room, Payload state, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Which of 1 to 100 users are connected.</summary>
    public Task<IReadOnlyList<string>> OnlineAsync(IReadOnlyList<string> users, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>A round trip: how long the server took to answer.</summary>
    public Task<TimeSpan> PingAsync(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>
    /// The messages, in the order in which they came. A reliable one is confirmed when the next is asked for, so whoever stops in the middle gets it again. Ends with the client.
    /// </summary>
    public IAsyncEnumerable<Message> ReadMessagesAsync(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>What happens besides messages. The newest 1,000 wait for their reader.</summary>
    public IAsyncEnumerable<ClientEvent> ReadEventsAsync(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Says goodbye, for at most 5 s, and ends everything that waits.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
