using System.Text.Json;
using WsCore.TestKit.Net;

namespace WsCore.ClusterTests.EndToEnd;

/// <summary>A client of one node: requests by id, and what comes besides in its order.</summary>
/// <remarks>One caller at a time. It reads only when asked; every wait is bounded.</remarks>
internal sealed class ClusterClient : IAsyncDisposable
{
    private readonly RawWebSocket _socket;
    private readonly Queue<JsonElement> _unread = [];
    private int _ids;

    private ClusterClient(RawWebSocket socket, string id) => (_socket, Id) = (socket, id);

    /// <summary>The connection's.</summary>
    public string Id { get; }

    public RawWebSocket Socket => _socket;

    /// <summary>Connects, reads the welcome and joins.</summary>
    public static async Task<ClusterClient> ConnectAsync(Uri address, string? user = null, params string[] rooms)
    {
        var socket = await RawWebSocket.ConnectAsync(address, new RawWebSocketOptions { Headers = user is null ? [] : [new(ClusterApplication.UserHeader, user)] });
        var client = new ClusterClient(socket, (await socket.ReceiveJsonAsync()).GetProperty("connection").GetString()!);
        foreach (var room in rooms)
        {
            await client.AckAsync($$"""{"type":"join","room":"{{room}}"}""");
        }

        return client;
    }

    /// <summary>Sends a request and returns its answer; what comes before it stays to be read.</summary>
    public async Task<JsonElement> RequestAsync(string json)
    {
        var id = $"q{++_ids}";
        await _socket.SendTextAsync($"{{\"id\":\"{id}\",{json[1..]}");
        while (true)
        {
            var message = await _socket.ReceiveJsonAsync();
            if (message.TryGetProperty("id", out var answered) && answered.GetString() == id)
            {
                return message;
            }

            _unread.Enqueue(message);
        }
    }

    /// <summary>A request that must be accepted.</summary>
    public async Task<JsonElement> AckAsync(string json)
    {
        var answer = await RequestAsync(json);
        Assert.True(Text(answer, "type") == "ack", $"{json} → {answer}");
        return answer;
    }

    /// <summary>What comes next, or has come and was not read.</summary>
    public async Task<JsonElement> NextAsync() => _unread.TryDequeue(out var message) ? message : await _socket.ReceiveJsonAsync();

    /// <summary>What comes next is this, about this connection.</summary>
    public async Task NextIsAsync(string type, string connection)
    {
        var next = await NextAsync();
        Assert.True((Text(next, "type"), Text(next, "connection")) == (type, connection), $"{type} of {connection} was awaited, not {next}");
    }

    /// <summary>The payload of the next message, which is of this room.</summary>
    public async Task<string> MessageAsync(string room)
    {
        var next = await NextAsync();
        Assert.True((Text(next, "type"), Text(next, "room")) == ("message", room), $"a message of {room} was awaited, not {next}");
        return next.GetProperty("payload").ToString();
    }

    /// <summary>Nothing has come up to now that was not read.</summary>
    public async Task ExpectNothingAsync()
    {
        await AckAsync("""{"type":"leave","room":"nobody was ever here"}""");
        Assert.Empty(_unread);
    }

    /// <summary>The connections of a room's members, as this node lists them.</summary>
    public async Task<string[]> MembersAsync(string room)
    {
        var answer = await AckAsync($$"""{"type":"members","room":"{{room}}"}""");
        return [.. answer.GetProperty("members").EnumerateArray().Select(member => Text(member, "connection") ?? Text(member, "user")!).Order(StringComparer.Ordinal)];
    }

    public ValueTask DisposeAsync() => _socket.DisposeAsync();

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
