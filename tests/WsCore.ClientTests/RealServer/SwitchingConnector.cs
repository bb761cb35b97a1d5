using System.Net.WebSockets;
using WsCore.Client.Connections;

namespace WsCore.ClientTests.RealServer;

/// <summary>Stands for a load balancer: one address, behind which the server is replaced.</summary>
internal sealed class SwitchingConnector(Uri address, WsClientOptions options) : ISocketConnector
{
    private Uri _address = address;

    /// <summary>Where new connections go.</summary>
    public Uri Address
    {
        get => Volatile.Read(ref _address);
        set => Volatile.Write(ref _address, value);
    }

    public Task<WebSocket> ConnectAsync(CancellationToken cancellation) => new SocketConnector(Address, options).ConnectAsync(cancellation);
}
