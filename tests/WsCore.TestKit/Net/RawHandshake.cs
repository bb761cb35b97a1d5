using System.Security.Cryptography;
using System.Text;
using WsCore.TestKit.Randomness;

namespace WsCore.TestKit.Net;

/// <summary>The client's side of the opening handshake (RFC 6455 §4.1).</summary>
internal sealed class RawHandshake
{
    private readonly string _key;

    public RawHandshake(Uri address, RawWebSocketOptions options)
    {
        var nonce = new byte[16];
        TestSeed.CreateRandom().NextBytes(nonce);
        _key = Convert.ToBase64String(nonce);
        Request = Compose(address, options);
    }

    /// <summary>The request, up to and with the empty line.</summary>
    public string Request { get; }

    /// <summary>Whether a 101 fulfils §4.1 (upgrade, connection, accept); throws where it does not.</summary>
    public void Check(HttpReply reply)
    {
        // SHA-1 is what the RFC asks for; it proves that the server read the key, nothing else.
        var accept = Convert.ToBase64String(
            SHA1.HashData(Encoding.ASCII.GetBytes(_key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        if (!"websocket".Equals(reply["Upgrade"], StringComparison.OrdinalIgnoreCase)
            || reply["Connection"]?.Contains("upgrade", StringComparison.OrdinalIgnoreCase) != true
            || reply["Sec-WebSocket-Accept"] != accept)
        {
            throw new InvalidDataException($"This 101 breaks RFC 6455 §4.1 (accept should be {accept}):\n{reply}");
        }
    }

    private string Compose(Uri address, RawWebSocketOptions options)
    {
        var headers = new List<KeyValuePair<string, string?>>
        {
            new("Host", address.Authority),
            new("Connection", "Upgrade"),
            new("Upgrade", "websocket"),
            new("Sec-WebSocket-Version", "13"),
            new("Sec-WebSocket-Key", _key),
            new("Sec-WebSocket-Protocol", options.Subprotocols),
            new("Sec-WebSocket-Extensions", options.Extensions),
        };
        headers.RemoveAll(own => options.Headers.Any(h => h.Key.Equals(own.Key, StringComparison.OrdinalIgnoreCase)));
        headers.AddRange(options.Headers);
        var lines = headers.Where(h => h.Value is not null).Select(h => $"{h.Key}: {h.Value}");
        return HttpProbe.Request([$"GET {address.PathAndQuery} HTTP/1.1", .. lines]);
    }
}
