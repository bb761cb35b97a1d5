using System.Net;
using System.Net.Sockets;

namespace WsCore.LoadTests.Peers;

/// <summary>
/// The local addresses that connections begin at, in turn. One address has some 28,000 ports for one server (net.ipv4.ip_local_port_range), and a port that was closed here waits a minute.
/// Any thread.
/// </summary>
internal sealed class SourceAddresses
{
    private readonly IPAddress[] _addresses;
    private int _turn;

    private SourceAddresses(IPAddress[] addresses) => _addresses = addresses;

    /// <summary>The addresses; none where the system chooses.</summary>
    public IReadOnlyList<IPAddress> Addresses => _addresses;

    /// <summary>Reads <c>auto</c>, <c>none</c> or a list such as <c>127.0.0.2,127.0.0.3</c>.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="target">The server's host: automatic addresses are for loopback only.</param>
    /// <param name="ports">How many ports the run uses, those that wait included.</param>
    /// <exception cref="FormatException">It is none of these; with a sentence.</exception>
    public static SourceAddresses Parse(string text, string target, int ports)
    {
        switch (text)
        {
            case "none":
                return new SourceAddresses([]);
            case "auto":
                var count = IsLoopback(target) ? Math.Min(250, 1 + (ports / 10_000)) : 0;
                return new SourceAddresses([.. Enumerable.Range(2, count).Select(last => IPAddress.Parse($"127.0.0.{last}"))]);
            default:
                return new SourceAddresses([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Address)]);
        }
    }

    /// <summary>A connected socket, from the next address in turn.</summary>
    public async Task<Socket> ConnectAsync(DnsEndPoint server, int receiveBuffer, CancellationToken cancellation)
    {
        var source = _addresses.Length == 0 ? null : _addresses[(uint)Interlocked.Increment(ref _turn) % (uint)_addresses.Length];
        var family = source?.AddressFamily ?? (server.Host == "::1" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer > 0)
            {
                socket.ReceiveBufferSize = receiveBuffer;
            }

            if (source is not null)
            {
                socket.Bind(new IPEndPoint(source, 0));
            }

            if (IsLoopback(server.Host))
            {
                var loopback = family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.TryParse(server.Host, out var exact) ? exact : IPAddress.Loopback;
                await socket.ConnectAsync(new IPEndPoint(loopback, server.Port), cancellation);
            }
            else
            {
                await socket.ConnectAsync(server, cancellation);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether a host is this machine, by its name or address.</summary>
    public static bool IsLoopback(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"--sources takes auto, none, or addresses separated by commas; '{text}' is no address.");
}
