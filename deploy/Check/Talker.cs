using System.Globalization;
using System.Text;
using WsCore.Client;

namespace WsCore.DeployCheck;

/// <summary>A client that says numbers to a room, one after the other, and writes down what it said and what it heard of others.</summary>
internal sealed class Talker : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25); // below the rate that a connection may send at

    private readonly Lock _gate = new();
    private readonly List<Heard> _acknowledged = [];
    private readonly List<Heard> _arrived = [];
    private readonly List<string> _problems = [];
    private readonly CancellationTokenSource _talking = new();
    private readonly WsClient _client;
    private readonly string _room;
    private Task _work = Task.CompletedTask;

    private Talker(string name, WsClient client, string room) => (Name, _client, _room) = (name, client, room);

    public string Name { get; }

    /// <summary>The node that it is connected to, or was last.</summary>
    public string Node => _client.Welcome!.Node;

    public bool IsConnected => _client.State == ClientState.Connected;

    public IReadOnlyList<Heard> Acknowledged => Copy(_acknowledged);

    public IReadOnlyList<Heard> Arrived => Copy(_arrived);

    /// <summary>What the client itself said went wrong.</summary>
    public IReadOnlyList<string> Problems => Copy(_problems);

    public static async Task<Talker> JoinAsync(string name, Uri server, string room, CancellationToken cancellation)
    {
        var client = new WsClient(server);
        var talker = new Talker(name, client, room);
        await client.ConnectAsync(cancellation);
        await client.JoinAsync(room, cancellation: cancellation);
        talker._work = Task.WhenAll(talker.ListenAsync(), talker.WatchAsync());
        return talker;
    }

    public void Begin(CancellationToken cancellation) => _work = Task.WhenAll(_work, TalkAsync(cancellation));

    /// <summary>Says no more. What waits for its ack is still waited for.</summary>
    public void End() => _talking.Cancel();

    public async ValueTask DisposeAsync()
    {
        End();
        await _client.DisposeAsync();
        await _work;
        _talking.Dispose();
    }

    private async Task TalkAsync(CancellationToken cancellation)
    {
        var options = new BroadcastOptions { Event = Name };
        using var pause = new PeriodicTimer(Pause, TimeProvider.System);
        for (var number = 1; !_talking.IsCancellationRequested; number++)
        {
            try
            {
                var text = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
                var ack = await _client.BroadcastAsync(_room, Payload.FromJson(text), options, cancellation);
                Add(_acknowledged, new Heard(Name, number, ack.Position ?? default));
            }
            catch (Exception exception)
            {
                Add(_problems, $"{Name} {number} was not acknowledged: {exception.Message}");
                return;
            }

            await pause.WaitForNextTickAsync(cancellation);
        }
    }

    private async Task ListenAsync()
    {
        await foreach (var message in _client.ReadMessagesAsync())
        {
            if (message.Event is { } talker && talker != Name)
            {
                Add(_arrived, new Heard(talker, int.Parse(message.Payload.ToString(), CultureInfo.InvariantCulture), message.Position ?? default));
            }
        }
    }

    private async Task WatchAsync()
    {
        await foreach (var happened in _client.ReadEventsAsync())
        {
            if (happened is ConnectedEvent or DisconnectedEvent)
            {
                Console.WriteLine($"   {TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {Name}: {happened}");
            }

            if (happened is GapEvent or RemovedEvent or ErrorEvent)
            {
                Add(_problems, $"{Name}: {happened}");
            }
        }
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
