using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Script;

/// <summary>The one reader of a client's messages. It asks for a message when it is asked, which confirms the one before.</summary>
internal sealed class MessageReader(WsClient client) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<Message> _messages = client.ReadMessagesAsync().GetAsyncEnumerator();
    private int _markers;
    private Task<bool>? _asked;

    public async Task<Message> NextAsync()
    {
        Assert.True(await Ask().WithTimeout(ScriptedConnection.Patience, "a message for the application"), "The messages have ended.");
        _asked = null;
        return _messages.Current;
    }

    /// <summary>Asks for the next one, and does not wait for it.</summary>
    public Task<bool> Ask() => _asked ??= _messages.MoveNextAsync().AsTask();

    /// <summary>The payloads of the next messages.</summary>
    public async Task<string[]> NextAsync(int count)
    {
        var payloads = new string[count];
        for (var i = 0; i < count; i++)
        {
            payloads[i] = (await NextAsync()).Payload.ToString();
        }

        return payloads;
    }

    /// <summary>All messages that were there when the client handled what this connection sends now.</summary>
    public async Task<IReadOnlyList<Message>> NewsAsync(ScriptedConnection connection)
    {
        var marker = $"\"marker {++_markers}\"";
        await connection.SendAsync($"{{\"type\":\"message\",\"everybody\":true,\"time\":1767268800600,\"payload\":{marker}}}");
        var news = new List<Message>();
        while (await NextAsync() is var next && (!next.Everybody || next.Payload.ToString() != marker))
        {
            news.Add(next);
        }

        return news;
    }

    /// <summary>The same, their payloads only.</summary>
    public async Task<string[]> PayloadsAsync(ScriptedConnection connection) => [.. (await NewsAsync(connection)).Select(message => message.Payload.ToString())];

    /// <summary>That there are no more, and that the client has ended.</summary>
    public async Task EndAsync() => Assert.False(await Ask().WithTimeout(ScriptedConnection.Patience, "the end of the messages"));

    /// <summary>Stops reading, as a loop does that is left.</summary>
    public ValueTask DisposeAsync() => _asked is { IsCompleted: false } ? default : _messages.DisposeAsync(); // one that still waits may not be disposed; it ends with the client
}
