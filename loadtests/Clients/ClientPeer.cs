using WsCore.Client;
using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;

namespace WsCore.LoadTests.Clients;

/// <summary>A peer on the .NET client: it reconnects, recovers, repeats and confirms by itself.</summary>
internal sealed class ClientPeer : IPeer
{
    private readonly WsClient _client;
    private readonly LoadMetrics _metrics;
    private readonly IPeerEvents _events;
    private Task _reading = Task.CompletedTask;
    private bool _ending;

    public ClientPeer(PeerTarget target, HttpMessageInvoker invoker, LoadClock clock, LoadMetrics metrics, IPeerEvents events)
    {
        (_metrics, _events) = (metrics, events);
        _client = new WsClient(target.Url, new WsClientOptions
        {
            ConnectTimeout = target.RequestTimeout,
            RequestTimeout = target.RequestTimeout,
            Headers = target.Headers,
            Invoker = invoker,
            Time = clock.Time,
        });
    }

    /// <inheritdoc/>
    public string? User => _client.Welcome?.User;

    /// <inheritdoc/>
    public double MessagesPerSecond => _client.Welcome?.MessagesPerSecond ?? 0;

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        await GuardAsync(async () =>
        {
            await _client.ConnectAsync(cancellation);
            return true;
        });
        _reading = Task.WhenAll(ReadMessagesAsync(), ReadEventsAsync());
    }

    /// <inheritdoc/>
    public Task<bool> JoinAsync(string room, CancellationToken cancellation) =>
        GuardAsync(async () => (await _client.JoinAsync(room, cancellation: cancellation)).Position is not null);

    /// <inheritdoc/>
    public Task<string?> BroadcastAsync(string room, ReadOnlyMemory<byte> payload, bool reliable, CancellationToken cancellation) =>
        CodeOfAsync(_client.BroadcastAsync(room, Payload.FromJson(payload), reliable ? new BroadcastOptions { Reliable = true } : null, cancellation));

    /// <inheritdoc/>
    public Task<string?> SendAsync(string user, ReadOnlyMemory<byte> payload, CancellationToken cancellation) =>
        CodeOfAsync(_client.SendAsync(user, Payload.FromJson(payload), cancellation: cancellation));

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancellation) => GuardAsync(() => _client.PingAsync(cancellation));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _ending, true);
        await _client.DisposeAsync();
        await _reading;
    }

    private static async Task<string?> CodeOfAsync(Task<Ack> request)
    {
        try
        {
            await request;
            return null;
        }
        catch (Exception e) when (CodeOf(e) is { } code)
        {
            return code;
        }
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (Exception e) when (CodeOf(e) is { } code)
        {
            throw new PeerException(code, e.Message);
        }
    }

    private static string? CodeOf(Exception exception) => exception switch
    {
        RequestException refused => refused.Code,
        ConnectionClosedException closed => $"closed-{closed.CloseCode}",
        TimeoutException => "timeout",
        WsClientException => "client",
        _ => null,
    };

    private async Task ReadMessagesAsync()
    {
        try
        {
            await foreach (var message in _client.ReadMessagesAsync())
            {
                _metrics.BytesIn.Add(message.Payload.Bytes.Length);
                if (Stamp.TryRead(message.Payload.Bytes.Span, out var stamp))
                {
                    _events.OnMessage(stamp, message.Position?.Seq ?? 0, null, Math.Max(1, message.Attempt), message.IsOwn && message.From?.Connection != _client.Welcome?.Connection);
                }
                else
                {
                    _events.OnForeignMessage();
                }
            }
        }
        catch (WsClientException)
        {
            // how it ended is an event
        }
    }

    private async Task ReadEventsAsync()
    {
        try
        {
            var connected = false;
            await foreach (var happened in _client.ReadEventsAsync())
            {
                switch (happened)
                {
                    case DisconnectedEvent lost when !Volatile.Read(ref _ending):
                        connected = true;
                        _events.OnClosed(lost.CloseCode);
                        break;
                    case ConnectedEvent when connected:
                        _events.OnReconnected();
                        break;
                    case GapEvent:
                        _events.OnGap();
                        break;
                    case ErrorEvent error:
                        _events.OnError(error.Code);
                        break;
                }
            }
        }
        catch (WsClientException)
        {
            // how it ended is an event
        }
    }
}
