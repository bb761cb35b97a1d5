using System.Net.Sockets;
using System.Text;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Net;

/// <summary>Sends an HTTP request byte by byte as a test wrote it, on a connection of its own.</summary>
internal static class HttpProbe
{
    /// <summary>A request's text: the lines, each with CRLF, and the empty line.</summary>
    public static string Request(params string[] lines) => string.Join("\r\n", lines) + "\r\n\r\n";

    /// <summary>
    /// Sends <paramref name="request"/> as it is (Latin-1, nothing added, not even the empty line) and reads one
    /// response. For a HEAD request there would be no body to read: do not use this.
    /// </summary>
    /// <param name="address">Host and port count, the rest is the request's.</param>
    /// <param name="request">Say, from <see cref="Request"/>.</param>
    /// <param name="timeout">Of each read; 30 s when not given.</param>
    public static async Task<HttpReply> SendAsync(Uri address, string request, TimeSpan? timeout = null)
    {
        var limit = timeout ?? TimeoutExtensions.Default;
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port).WithTimeout(limit);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request)).WithTimeout(limit);
        var reader = new WireReader(stream, limit);
        var head = await HttpReply.ReadHeadAsync(reader);
        return await head.WithBodyAsync(reader);
    }
}
