using System.Net.Sockets;
using WsCore.LoadTests.Peers;

namespace WsCore.LoadTests.Clients;

/// <summary>What makes the connections of all <see cref="ClientPeer"/>s, from the run's source addresses, and can cut them. Any thread.</summary>
internal sealed class ClientSockets : IDisposable
{
    private readonly SourceAddresses _sources;
    private readonly HashSet<Socket> _sockets = [];
    private readonly Lock _gate = new();
    private int _tidyAt = 1024;

    public ClientSockets(SourceAddresses sources)
    {
        _sources = sources;
        Invoker = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false, UseCookies = false });
    }

    /// <summary>What the clients connect with.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>Resets every connection at once, as a lost network does; how many there were.</summary>
    public int CutAll()
    {
        Socket[] sockets;
        lock (_gate)
        {
            sockets = [.. _sockets];
            _sockets.Clear();
        }

        var cut = 0;
        foreach (var socket in sockets)
        {
            try
            {
                cut += socket.Connected ? 1 : 0;
                socket.LingerState = new LingerOption(true, 0);
                socket.Shutdown(SocketShutdown.Both);
                socket.Dispose();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // it had ended by itself
            }
        }

        return cut;
    }

    public void Dispose() => Invoker.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = await _sources.ConnectAsync(context.DnsEndPoint, receiveBuffer: 0, cancellation);
        lock (_gate)
        {
            if (_sockets.Count >= _tidyAt)
            {
                _sockets.RemoveWhere(static old => old.SafeHandle.IsClosed);
                _tidyAt = Math.Max(1024, 2 * _sockets.Count);
            }

            _sockets.Add(socket);
        }

        return new NetworkStream(socket, ownsSocket: true);
    }
}
