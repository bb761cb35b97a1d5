using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>What the client does after each band of close codes.</summary>
public sealed class CloseCodeTests
{
    [Theory]
    [InlineData(1002)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1008)]
    [InlineData(1009)]
    [InlineData(4000)]
    [InlineData(4001)]
    [InlineData(4004)]
    [InlineData(4099)]
    public async Task Told_not_to_come_back_it_is_over(int code)
    {
        await using var script = await ClientScript.ConnectedAsync();
        var pinging = script.Client.PingAsync();
        await script.Connection.ExpectAsync("ping");
        await script.Connection.CloseAsync(code, "not you");

        var thrown = await Assert.ThrowsAsync<ConnectionClosedException>(() => script.Client.Completion.WithTimeout(ScriptedConnection.Patience));
        Assert.Equal(code, thrown.CloseCode);
        Assert.Equal(code, (await Assert.ThrowsAsync<ConnectionClosedException>(() => pinging.WithTimeout(ScriptedConnection.Patience))).CloseCode);
        Assert.Equal(ClientState.Closed, script.Client.State);
        Assert.Equal(new DisconnectedEvent(code, "not you", null), await script.Events.NextAsync<DisconnectedEvent>());
        await script.Events.EndAsync();
        script.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, script.Server.Attempts);
        await Assert.ThrowsAsync<ConnectionClosedException>(() => script.Client.PingAsync().WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task After_a_normal_end_it_is_over_without_a_fault()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var pinging = script.Client.PingAsync();
        await script.Connection.ExpectAsync("ping");
        await script.Connection.CloseAsync(1000, "goodbye");

        await script.Client.Completion.WithTimeout(ScriptedConnection.Patience);
        Assert.Equal(ClientState.Closed, script.Client.State);
        Assert.Equal(1000, (await Assert.ThrowsAsync<ConnectionClosedException>(() => pinging.WithTimeout(ScriptedConnection.Patience))).CloseCode);
        Assert.Equal(new DisconnectedEvent(1000, "goodbye", null), await script.Events.NextAsync<DisconnectedEvent>());
        await script.Events.EndAsync();
        Assert.Equal(1, script.Server.Attempts);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1011)]
    [InlineData(3000)]
    [InlineData(4100)]
    [InlineData(4103)]
    [InlineData(4199)]
    [InlineData(4300)]
    [InlineData(4999)]
    public async Task Told_anything_else_it_comes_back_after_a_back_off(int code)
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Random.Value = 0.5;
        await script.Connection.CloseAsync(code, "later");

        var disconnected = await script.Events.NextAsync<DisconnectedEvent>();
        Assert.Equal((code, TimeSpan.FromMilliseconds(250)), (disconnected.CloseCode, disconnected.RetryIn));
        Assert.Equal(ClientState.Connecting, script.Client.State);
        (await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(250))).Accept();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_off_it_comes_back_after_a_back_off(bool reset)
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Random.Value = 0.5;
        if (reset)
        {
            script.Connection.Reset();
        }
        else
        {
            script.Connection.Drop();
        }

        var disconnected = await script.Events.NextAsync<DisconnectedEvent>();
        Assert.Equal((1006, TimeSpan.FromMilliseconds(250)), (disconnected.CloseCode, disconnected.RetryIn));
        (await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(250))).Accept();
    }

    [Theory]
    [InlineData(4200, 0.0, 0)]
    [InlineData(4200, 0.75, 750)]
    [InlineData(4299, 0.25, 250)]
    public async Task Sent_elsewhere_without_a_time_it_goes_within_a_second(int code, double random, int milliseconds)
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Random.Value = random;
        await script.Connection.CloseAsync(code, "elsewhere");

        Assert.Equal(new DisconnectedEvent(code, "elsewhere", TimeSpan.FromMilliseconds(milliseconds)), await script.Events.NextAsync<DisconnectedEvent>());
        (await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(milliseconds))).Accept();
    }

    [Fact]
    public async Task The_close_frame_is_answered()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.Connection.CloseAsync(4100);

        await script.Connection.ExpectCloseAsync();
    }
}
