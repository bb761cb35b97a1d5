using System.Net.WebSockets;

namespace WsCore.Client.Connections;

/// <summary>Where connections come from: <see cref="ClientWebSocket"/>, or a script of the tests.</summary>
internal interface ISocketConnector
{
    /// <summary>An open WebSocket, which the caller disposes.</summary>
    /// <exception cref="HandshakeException">There is none.</exception>
    Task<WebSocket> ConnectAsync(CancellationToken cancellation);
}
