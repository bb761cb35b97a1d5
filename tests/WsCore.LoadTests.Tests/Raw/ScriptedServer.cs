using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.LoadTests.Tests.Raw;

/// <summary>A server for one connection: upgrades it, welcomes it, and sends what it is told to, right or wrong.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket? _socket;

    public ScriptedServer()
    {
        _listener.Start();
        Address = new Uri($"ws://{_listener.LocalEndpoint}/ws");
    }

    public Uri Address { get; }

    public async Task WelcomeAsync()
    {
        _socket = await _listener.AcceptSocketAsync().WithTimeout();
        var request = "";
        var buffer = new byte[4096];
        while (!request.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            request += Encoding.Latin1.GetString(buffer, 0, await _socket.ReceiveAsync(buffer).WithTimeout());
        }

        var key = Regex.Match(request, "Sec-WebSocket-Key: (.*)\r").Groups[1].Value;
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        await SendTextAsync("""{"type":"welcome","connection":"c"}""");
    }

    public Task SendTextAsync(string message) => SendAsync(RawFrame.Encode(1, Encoding.UTF8.GetBytes(message), masked: false));

    public async Task SendAsync(byte[] bytes) => await _socket!.SendAsync(bytes).WithTimeout();

    public void Dispose()
    {
        _socket?.Dispose();
        _listener.Dispose();
    }
}
