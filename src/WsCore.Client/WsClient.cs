using WsCore.Client.Connections;
using WsCore.Client.Sessions;

namespace WsCore.Client;

/// <summary>
/// A client of WsCore (docs/protocol.md). It connects again by itself, joins its rooms with their positions, drops what comes twice, and repeats what was not answered.
/// </summary>
/// <remarks>
/// <para>All members may be called from any thread. Messages have one reader, and events another; nothing of the application runs on the thread that reads the socket.</para>
/// <para>Whatever is asked while there is no connection waits for one. Every method that asks something may throw <see cref="RequestException"/> (the server refused),
/// <see cref="TimeoutException"/> (no answer; see <see cref="WsClientOptions.RequestTimeout"/> and <see cref="WsClientOptions.RepeatFor"/>), <see cref="ConnectionClosedException"/>,
/// <see cref="WsClientException"/> (too much is unanswered), <see cref="ArgumentException"/> (more than the server takes, or no JSON), <see cref="InvalidOperationException"/> (before <see cref="ConnectAsync"/>) and <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var client = new WsClient(new Uri("ws://localhost:8080/ws"));
/// await client.ConnectAsync();
/// await client.JoinAsync("lobby");
/// await client.BroadcastAsync("lobby", Payload.FromText("hello"));
/// await foreach (var message in client.ReadMessagesAsync()) Console.WriteLine(message.Payload);
/// </code>
/// </example>
public sealed partial class WsClient : IAsyncDisposable
{
    /// <summary>How long a goodbye may take.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WsClientOptions _options;
    private readonly Session _session;
    private readonly Supervisor _supervisor;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isStarted;
    private int _isDisposed;

    /// <summary>A client that is not connected yet.</summary>
    /// <param name="address"><c>ws://</c> or <c>wss://</c>, with the server's path.</param>
    /// <param name="options">Default: all defaults.</param>
    /// <exception cref="ArgumentException">The address is none of a WebSocket, or an option is out of its range.</exception>
    public WsClient(Uri address, WsClientOptions? options = null)
        : this(new SocketConnector(Check(address), options ?? new()), options ?? new())
    {
    }

    /// <summary>For tests, with connections of their own.</summary>
    internal WsClient(ISocketConnector connector, WsClientOptions options)
    {
        _options = options.Validate() with { Headers = new Dictionary<string, string>(options.Headers) };
        _session = new Session(_options);
        _supervisor = new Supervisor(connector, _session, _options);
    }

    /// <summary>Where the client is in its life.</summary>
    public ClientState State =>
        _completion.Task.IsCompleted || Volatile.Read(ref _isDisposed) == 1 ? ClientState.Closed
        : _session.IsReady ? ClientState.Connected
        : Volatile.Read(ref _isStarted) == 1 ? ClientState.Connecting
        : ClientState.New;

    /// <summary>What the server said at the beginning of the newest connection; null before the first.</summary>
    public Welcome? Welcome => _session.Welcome;

    /// <summary>Ends with the client: normally when it was disposed or the server closed with 1000, else with why the client does not come back.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Connects, and keeps at it until there is a connection or the server says not to come back. A second call waits for the same. Cancelling ends the waiting only: the client goes on
    /// until it is disposed.
    /// </summary>
    /// <exception cref="ConnectionClosedException">The server said not to come back, or refused the handshake for good (HTTP 400, 401, 403, 404).</exception>
    public Task ConnectAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) == 1, this);
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            _ = RunAsync();
        }

        return _session.Connected.WaitAsync(cancellation);
    }

    /// <summary>
    /// The messages, in the order in which they came. A reliable one is confirmed when the next is asked for, so whoever stops in the middle leaves it to the next reader. Ends with the client, when what
    /// waited has been read.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody reads already.</exception>
    public IAsyncEnumerable<Message> ReadMessagesAsync(CancellationToken cancellation = default) => _session.ReadMessagesAsync(cancellation);

    /// <summary>What happens besides messages. The newest 1,000 wait for their reader.</summary>
    public IAsyncEnumerable<ClientEvent> ReadEventsAsync(CancellationToken cancellation = default) => _session.ReadEventsAsync(cancellation);

    /// <summary>Sends what waits, says goodbye, for at most 5 s, and ends everything that waits with <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        var over = new ObjectDisposedException(nameof(WsClient));
        _session.Refuse(over);
        if (_session.Connection is { } connection)
        {
            await connection.CloseAsync(1000, Patience).ConfigureAwait(false);
        }

        await _lifetime.CancelAsync().ConfigureAwait(false);
        if (Volatile.Read(ref _isStarted) == 1)
        {
            await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            Finish(over, failure: null);
        }
    }

    private Session Started => Volatile.Read(ref _isStarted) == 1 || Volatile.Read(ref _isDisposed) == 1
        ? _session
        : throw new InvalidOperationException("The client has no connection and is not at getting one: call ConnectAsync first.");

    private async Task RunAsync()
    {
        try
        {
            await Task.Yield(); // the caller does not wait for the first try
            await _supervisor.RunAsync(_lifetime.Token).ConfigureAwait(false);
            Finish(new ConnectionClosedException(1000, "The server closed the connection."), failure: null);
        }
        catch (OperationCanceledException)
        {
            Finish(new ObjectDisposedException(nameof(WsClient)), failure: null);
        }
        catch (Exception error)
        {
            Finish(error, error);
        }
    }

    private void Finish(Exception why, Exception? failure)
    {
        _session.Close(why);
        if (failure is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(failure);
        }

        _ = _completion.Task.Exception; // seen: nobody may be waiting for it
    }

    private static Uri Check(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme is not ("ws" or "wss"))
        {
            throw new ArgumentException($"'{address}' is no address of a WebSocket: it has to begin with ws:// or wss://.", nameof(address));
        }

        return address;
    }
}
