using System.Net.WebSockets;
using System.Threading.Channels;
using WsCore.Client.Connections;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Script;

/// <summary>Stands in the place of the network: each try of the client to connect waits for the test to decide.</summary>
/// <remarks>Any number of tries may wait. The members are for the test's one thread, but for <see cref="ConnectAsync"/>.</remarks>
internal sealed class ScriptedServer(ManualTimeProvider clock) : ISocketConnector
{
    private readonly Channel<ScriptedAttempt> _attempts = Channel.CreateUnbounded<ScriptedAttempt>();
    private readonly List<ScriptedConnection> _connections = [];
    private int _count;

    /// <summary>How often the client has tried.</summary>
    public int Attempts => Volatile.Read(ref _count);

    public Task<WebSocket> ConnectAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _count);
        var attempt = new ScriptedAttempt(clock, cancellation);
        _attempts.Writer.TryWrite(attempt);
        return attempt.Socket;
    }

    /// <summary>The next try, made or still to come. Time does not pass, but timers of no time at all fire.</summary>
    public async Task<ScriptedAttempt> AttemptAsync()
    {
        ScriptedAttempt? attempt = null;
        await Eventually.Is(
            () =>
            {
                clock.Advance(TimeSpan.Zero);
                return _attempts.Reader.TryRead(out attempt);
            },
            "the client tries to connect",
            ScriptedConnection.Patience);
        return attempt!;
    }

    /// <summary>Accepts the next try.</summary>
    public async Task<ScriptedConnection> AcceptAsync()
    {
        var connection = (await AttemptAsync()).Accept();
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Cuts all connections.</summary>
    public void Drop()
    {
        foreach (var connection in _connections)
        {
            connection.Drop();
        }
    }
}
