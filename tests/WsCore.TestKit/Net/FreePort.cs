using System.Net;
using System.Net.Sockets;

namespace WsCore.TestKit.Net;

/// <summary>
/// Ports for servers that are to come back on the same one: below those that the kernel gives to outgoing connections, or one of these would
/// sit on it by then.
/// </summary>
internal static class FreePort
{
    private const int Lowest = 12_000;

    private const int Highest = 32_000;

    private static int _next = Random.Shared.Next(Lowest, Highest); // other test processes start elsewhere; nothing to repeat in it

    /// <summary>A port of 127.0.0.1 that was free a moment ago and that this process is not given again soon. Another process may be faster: try with another then.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Highest - Lowest; tries++)
        {
            var port = Lowest + (int)((uint)Interlocked.Increment(ref _next) % (Highest - Lowest));
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
            }
        }

        throw new InvalidOperationException("No port of 127.0.0.1 is free.");
    }
}
