using System.Net;
using System.Net.WebSockets;
using WsCore.Client.Connections;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Script;

/// <summary>One try of the client to connect. It hangs until the test accepts or refuses it, or the client gives it up.</summary>
internal sealed class ScriptedAttempt
{
    private readonly TaskCompletionSource<WebSocket> _socket = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedAttempt(ManualTimeProvider clock, CancellationToken cancellation)
    {
        At = clock.Elapsed;
        cancellation.UnsafeRegister(
            (_, token) =>
            {
                if (_socket.TrySetCanceled(token))
                {
                    _givenUp.TrySetResult();
                }
            },
            null);
    }

    /// <summary>When it was made, by the test's clock.</summary>
    public TimeSpan At { get; }

    public Task<WebSocket> Socket => _socket.Task;

    /// <summary>Done when the client gave it up.</summary>
    public Task GivenUp => _givenUp.Task;

    public ScriptedConnection Accept()
    {
        var (client, server) = ScriptedConnection.CreatePair();
        Assert.True(_socket.TrySetResult(client), "The client has given this try up.");
        return server;
    }

    /// <summary>What the server answers instead of 101; null: nothing.</summary>
    public void Refuse(HttpStatusCode? status = null) =>
        Assert.True(
            _socket.TrySetException(new HandshakeException(status, new WebSocketException($"The script refuses with {(status is null ? "nothing" : (int)status)}."))),
            "The client has given this try up.");
}
