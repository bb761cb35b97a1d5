using System.Net;
using Microsoft.Extensions.Logging;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Diagnostics;

/// <summary>What the client's logger is told of its connections.</summary>
public sealed class LogTests
{
    private readonly LogRecorder _log = new();

    [Fact]
    public async Task Each_end_of_a_connection_is_logged_with_its_code_and_when_the_next_try_is()
    {
        await using var script = new ClientScript(options => options with { Logger = _log });
        var connecting = script.Client.ConnectAsync();
        (await script.Server.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable);
        await script.AcceptAsync();
        await connecting.WithTimeout(ScriptedConnection.Patience);
        await script.Connection.CloseAsync(4003, "too much");
        await Assert.ThrowsAsync<ConnectionClosedException>(() => script.Client.Completion.WithTimeout(ScriptedConnection.Patience));

        Assert.Equal(
            [
                (LogLevel.Information, 10001, "Disconnected (1006: The server answered the handshake with HTTP 503.); again in 00:00:00."),
                (LogLevel.Warning, 10002, "Disconnected for good (4003: too much)."),
            ],
            _log.Lines);
    }

    [Fact]
    public async Task A_move_is_logged_and_so_is_that_it_failed()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { Logger = _log });
        await script.Connection.SendAsync("""{"type":"reconnect","after":2000}""");
        await script.Connection.HandledAsync(script.Client);
        (await script.AttemptAfterAsync(TimeSpan.FromSeconds(2))).Refuse();
        await Eventually.Is(() => _log.Lines.Count() == 2, "two lines", ScriptedConnection.Patience);

        Assert.Equal([(LogLevel.Information, 10003), (LogLevel.Information, 10004)], _log.Lines.Select(line => (line.Level, line.Id)));
        Assert.Contains("The script refuses with nothing.", _log.Lines.Last().Text, StringComparison.Ordinal);
    }
}
