using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.RealServer;

/// <summary>Clients over real sockets, that come back at once.</summary>
internal static class RealClients
{
    public static WsClientOptions Options { get; } = new() { BackoffBase = TimeSpan.FromMilliseconds(1), BackoffCap = TimeSpan.FromMilliseconds(20) };

    /// <summary>A client that is connected.</summary>
    /// <param name="application">To where.</param>
    /// <param name="user">Null for an anonymous one.</param>
    /// <param name="configure">What is to be different.</param>
    public static async Task<WsClient> ConnectClientAsync(this TestApplication application, string? user = null, Func<WsClientOptions, WsClientOptions>? configure = null)
    {
        var options = user is null ? Options : Options with { Headers = new Dictionary<string, string> { [TestAuthentication.Header] = TestAuthentication.HeaderFor("sub", user).Value! } };
        var client = new WsClient(application.Address, configure?.Invoke(options) ?? options);
        await client.ConnectAsync().WithTimeout();
        return client;
    }

    /// <summary>The next messages, so many.</summary>
    public static async Task<IReadOnlyList<Message>> ReadAsync(this WsClient client, int count)
    {
        var read = new List<Message>();
        await ReadAsync().WithTimeout(what: $"{count} messages");
        return read;

        async Task ReadAsync()
        {
            if (count == 0)
            {
                return;
            }

            await foreach (var message in client.ReadMessagesAsync())
            {
                read.Add(message);
                if (read.Count == count)
                {
                    return;
                }
            }
        }
    }

    /// <summary>The next event of a kind; what comes before it is passed over.</summary>
    public static async Task<T> EventAsync<T>(this WsClient client)
        where T : ClientEvent
    {
        return await FindAsync().WithTimeout(what: $"a {typeof(T).Name}");

        async Task<T> FindAsync()
        {
            await foreach (var happened in client.ReadEventsAsync())
            {
                if (happened is T found)
                {
                    return found;
                }
            }

            throw new InvalidOperationException("The events have ended.");
        }
    }
}
