using System.Buffers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using WsCore.LoadTests.Peers;

namespace WsCore.LoadTests.Raw;

/// <summary>The client's side of RFC 6455 §4.1 on a socket.</summary>
internal static class RawHandshake
{
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3
    private const int MaxHeadBytes = 8192;

    /// <summary>Upgrades; what came behind the answer's head is returned.</summary>
    /// <exception cref="PeerException">The server did not upgrade.</exception>
    public static async Task<byte[]> UpgradeAsync(Socket socket, PeerTarget target, CancellationToken cancellation)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        await SendAllAsync(socket, Request(target, key), cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxHeadBytes);
        try
        {
            var length = 0;
            while (true)
            {
                var read = length < MaxHeadBytes ? await socket.ReceiveAsync(buffer.AsMemory(length, MaxHeadBytes - length), cancellation) : 0;
                if (read == 0)
                {
                    throw new PeerException("no-upgrade", "The server ended the connection before it answered the handshake.");
                }

                length += read;
                var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
                if (end >= 0)
                {
                    Check(Encoding.Latin1.GetString(buffer, 0, end), key);
                    return buffer.AsSpan((end + 4)..length).ToArray();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Request(PeerTarget target, string key)
    {
        var request = new StringBuilder()
            .Append("GET ").Append(target.Url.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(target.Url.Authority)
            .Append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: wscore.v1\r\nSec-WebSocket-Key: ").Append(key).Append("\r\n");
        foreach (var (name, value) in target.Headers)
        {
            request.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(request.Append("\r\n").ToString());
    }

    private static void Check(string head, string key)
    {
        var status = head.Split(' ', 3) is [_, var code, ..] ? code : "?";
        if (status != "101")
        {
            throw new PeerException($"http-{status}", $"The server answered the handshake with HTTP {status} instead of 101.");
        }

        var expected = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
        if (!head.Contains(expected, StringComparison.Ordinal))
        {
            throw new PeerException("no-upgrade", "The server's Sec-WebSocket-Accept does not belong to the key.");
        }
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellation)..];
        }
    }
}
