using System.Text.Json;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;

namespace WsCore.FunctionalTests.Server;

/// <summary>What the server writes to standard output, and what it never does.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task Outside_Development_each_line_is_JSON_and_none_is_for_a_request_or_a_message()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);
        await TalkAsync(server);
        server.Terminate();

        var lines = (await server.WaitAsync()).Output.Split('\n');

        Assert.All(lines, line =>
        {
            var entry = JsonElement.Parse(line);
            Assert.Equal("Information", entry.GetProperty("Level").GetString());
            Assert.Contains(entry.GetProperty("Properties").GetProperty("SourceContext").GetString(), (string[])["Microsoft.Hosting.Lifetime", "WsCore.Hosting.NodeLifetime", "WsCore.Server"]);
        });
        Assert.Contains(lines, line => line.Contains("Now listening on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_Development_lines_are_for_people()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Development);

        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} INF Now listening on: http://127\.0\.0\.1:\d+", await server.LineAsync("Now listening on"));
    }

    [Fact]
    public async Task Query_strings_are_not_logged_even_when_everything_else_is()
    {
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Anonymous,
            ("SERILOG__MINIMUMLEVEL__DEFAULT", "Verbose"),
            ("SERILOG__MINIMUMLEVEL__OVERRIDE__MICROSOFT.ASPNETCORE", "Verbose"));
        await TalkAsync(server);
        await HttpProbe.SendAsync(server.Address, HttpProbe.Request("GET /?token=Sesame\u0001 HTTP/1.1", "Host: localhost"));
        await HttpProbe.SendAsync(server.Address, HttpProbe.Request("GET /?token=Sesame HTTP/1.1", "Host: a b"));
        await HttpProbe.SendAsync(server.Address, HttpProbe.Request("GET /health/live?token=Sesame HTTP/1.1", "Host: localhost"));
        await server.LineAsync("/health/live"); // the log is that far
        server.Terminate();

        var output = (await server.WaitAsync()).Output;

        Assert.Contains("\"Level\":\"Verbose\"", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Sesame", output, StringComparison.Ordinal);
    }

    private static async Task TalkAsync(ServerProcess server)
    {
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws?token=Sesame"));
        await socket.ReceiveJsonAsync();
        await socket.SendTextAsync("""{"type":"join","room":"lobby","id":"1"}""");
        await socket.ReceiveJsonAsync();
        await socket.CloseAsync();
    }
}
