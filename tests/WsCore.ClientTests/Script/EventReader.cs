using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Script;

/// <summary>The one reader of a client's events. It reads when asked.</summary>
internal sealed class EventReader(WsClient client) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ClientEvent> _events = client.ReadEventsAsync().GetAsyncEnumerator();
    private Task<bool> _moving = Task.FromResult(true);
    private int _markers;

    public async Task<ClientEvent> NextAsync()
    {
        Assert.True(await MoveNextAsync("an event of the client"), "The events have ended.");
        return _events.Current;
    }

    /// <summary>The next event of a kind; others before it are passed over.</summary>
    public async Task<T> NextAsync<T>()
        where T : ClientEvent
    {
        while (true)
        {
            if (await NextAsync() is T found)
            {
                return found;
            }
        }
    }

    /// <summary>All that the client had to tell when it handled what this connection sends now.</summary>
    public async Task<IReadOnlyList<ClientEvent>> NewsAsync(ScriptedConnection connection)
    {
        var marker = $"marker_{++_markers}";
        await connection.SendAsync($"{{\"type\":\"error\",\"code\":\"{marker}\",\"message\":\"A marker.\"}}");
        var news = new List<ClientEvent>();
        while (await NextAsync() is var next && next is not ErrorEvent { Code: var code } || code != marker)
        {
            news.Add(next);
        }

        return news;
    }

    /// <summary>That the events end.</summary>
    public async Task EndAsync()
    {
        while (await MoveNextAsync("the end of the events"))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _moving.WithTimeout(ScriptedConnection.Patience); // one that was not waited for ends with the client
        await _events.DisposeAsync();
    }

    private Task<bool> MoveNextAsync(string awaited)
    {
        _moving = _events.MoveNextAsync().AsTask();
        return _moving.WithTimeout(ScriptedConnection.Patience, awaited);
    }
}
