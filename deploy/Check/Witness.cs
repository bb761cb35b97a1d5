using System.Net.WebSockets;
using System.Text.Json;

namespace WsCore.DeployCheck;

/// <summary>A plain WebSocket that does as little as it can: it stays until it is closed.</summary>
internal sealed class Witness : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    private readonly byte[] _buffer = new byte[64 * 1024];

    public string Node { get; private set; } = "";

    /// <summary>One on the node that is wanted: as many connections as it takes, which the balancer spreads.</summary>
    public static async Task<Witness> OnAsync(string node, Uri server, CancellationToken cancellation)
    {
        var elsewhere = new List<Witness>();
        try
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            while (true)
            {
                var witness = new Witness();
                elsewhere.Add(witness);
                await witness.ConnectAsync(server, cancellation);
                if (witness.Node == node)
                {
                    elsewhere.Remove(witness);
                    return witness;
                }

                await pause.WaitForNextTickAsync(cancellation);
            }
        }
        finally
        {
            elsewhere.ForEach(witness => witness.Dispose());
        }
    }

    /// <summary>Waits for the close, whatever it is told before, and answers it.</summary>
    /// <returns>The close code; 0 where the connection just ended.</returns>
    public async Task<int> WaitForCloseAsync(CancellationToken cancellation)
    {
        try
        {
            while ((await _socket.ReceiveAsync(_buffer, cancellation)).MessageType != WebSocketMessageType.Close)
            {
            }

            await _socket.CloseOutputAsync(_socket.CloseStatus ?? WebSocketCloseStatus.Empty, null, cancellation);
            return (int)(_socket.CloseStatus ?? 0);
        }
        catch (WebSocketException)
        {
            return (int)(_socket.CloseStatus ?? 0);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ConnectAsync(Uri server, CancellationToken cancellation)
    {
        await _socket.ConnectAsync(server, cancellation);
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellation);
            length += part.Count;
        }
        while (!part.EndOfMessage);

        using var welcome = JsonDocument.Parse(_buffer.AsMemory(0, length));
        Node = welcome.RootElement.GetProperty("node").GetString()!;
    }
}
