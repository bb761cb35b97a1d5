using System.Net;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>What an answer other than 101 means.</summary>
public sealed class RefusedHandshakeTests
{
    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Refused_for_good_the_client_does_not_come_back(int status)
    {
        await using var script = new ClientScript();
        var connecting = script.Client.ConnectAsync();
        (await script.Server.AttemptAsync()).Refuse((HttpStatusCode)status);

        await IsOverAsync(script, connecting);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Refused_for_good_it_does_not_come_back_to_where_it_was_either(int status)
    {
        await using var script = await ClientScript.ConnectedAsync();
        var pinging = script.Client.PingAsync();
        await script.Connection.ExpectAsync("ping");
        script.Connection.Drop();
        (await script.Server.AttemptAsync()).Refuse((HttpStatusCode)status);

        await IsOverAsync(script, pinging);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_place_where_it_was_before_is_looked_for_again(int status)
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Connection.Drop();
        (await script.Server.AttemptAsync()).Refuse((HttpStatusCode)status);

        await script.AcceptAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(null)]
    public async Task Refused_for_now_it_tries_again(int? status)
    {
        await using var script = new ClientScript();
        var connecting = script.Client.ConnectAsync();
        (await script.Server.AttemptAsync()).Refuse((HttpStatusCode?)status);
        var disconnected = await script.Events.NextAsync<DisconnectedEvent>();
        Assert.Equal((1006, TimeSpan.Zero), (disconnected.CloseCode, disconnected.RetryIn));

        await script.AcceptAsync();
        await connecting.WithTimeout(ScriptedConnection.Patience);
    }

    private static async Task IsOverAsync(ClientScript script, Task waiting)
    {
        var thrown = await Assert.ThrowsAsync<ConnectionClosedException>(() => waiting.WithTimeout(ScriptedConnection.Patience));
        Assert.Equal(1006, thrown.CloseCode);
        await Assert.ThrowsAsync<ConnectionClosedException>(() => script.Client.Completion.WithTimeout(ScriptedConnection.Patience));
        Assert.Equal(ClientState.Closed, script.Client.State);
        ClientEvent last;
        do
        {
            last = await script.Events.NextAsync();
        }
        while (last is not DisconnectedEvent { RetryIn: null });

        await script.Events.EndAsync();
        script.Clock.Advance(TimeSpan.FromHours(1));
    }
}
