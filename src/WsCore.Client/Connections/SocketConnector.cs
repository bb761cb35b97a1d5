using System.Net.WebSockets;

namespace WsCore.Client.Connections;

/// <summary>Connections by <see cref="ClientWebSocket"/>. All clients share one handler unless they have their own: with a handler each, a thousand clients would cost a thousand pools.</summary>
internal sealed class SocketConnector(Uri address, WsClientOptions options) : ISocketConnector
{
    private static readonly HttpMessageInvoker Shared = new(new SocketsHttpHandler { UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) });

    public async Task<WebSocket> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("wscore.v1");
            socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan; // the protocol has its own heartbeat
            socket.Options.CollectHttpResponseDetails = true;
            foreach (var (name, value) in options.Headers)
            {
                socket.Options.SetRequestHeader(name, value);
            }

            await socket.ConnectAsync(address, options.Invoker ?? Shared, cancellation).ConfigureAwait(false);
            socket.HttpResponseHeaders = null; // read by nobody, and kept for as long as the connection
            return socket;
        }
        catch (Exception error)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            if (error is WebSocketException or HttpRequestException or IOException)
            {
                throw new HandshakeException(status == 0 ? null : status, error);
            }

            throw;
        }
    }
}
