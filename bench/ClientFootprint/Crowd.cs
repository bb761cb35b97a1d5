using System.Net.WebSockets;
using WsCore.Client;

namespace WsCore.ClientFootprint;

/// <summary>Many clients of one process, and what they keep.</summary>
internal static class Crowd
{
    private const int AtATime = 100;

    /// <summary>The least that a WebSocket client can be: the platform's socket, and one read that waits.</summary>
    public static Task<ClientWebSocket[]> BareAsync(Uri address, int count, HttpMessageInvoker invoker) => MakeAsync(count, async number =>
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        await socket.ConnectAsync(address, invoker, CancellationToken.None);
        var welcome = new byte[1024];
        await socket.ReceiveAsync(welcome.AsMemory(), CancellationToken.None);
        _ = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask();
        return socket;
    });

    /// <summary>Clients that are connected, and wait.</summary>
    public static Task<WsClient[]> ConnectAsync(Uri address, int count, WsClientOptions options) => MakeAsync(count, async _ =>
    {
        var client = new WsClient(address, options);
        await client.ConnectAsync();
        return client;
    });

    /// <summary>They join a room each, of ten members.</summary>
    public static Task JoinAsync(WsClient[] clients) => MakeAsync(clients.Length, async i => await clients[i].JoinAsync($"room {i / 10}"));

    /// <summary>Somebody waits for messages of each, and for events.</summary>
    public static Task[] Read(WsClient[] clients) => [.. clients.Select(ReadMessagesAsync), .. clients.Select(ReadEventsAsync)];

    private static async Task ReadMessagesAsync(WsClient client)
    {
        await foreach (var _ in client.ReadMessagesAsync())
        {
        }
    }

    private static async Task ReadEventsAsync(WsClient client)
    {
        await foreach (var _ in client.ReadEventsAsync())
        {
        }
    }

    private static async Task<T[]> MakeAsync<T>(int count, Func<int, Task<T>> make)
    {
        var made = new T[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (i, _) => made[i] = await make(i));
        return made;
    }
}
