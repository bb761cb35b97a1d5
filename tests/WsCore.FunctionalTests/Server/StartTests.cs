using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCore.Server.Logs;
using WsCore.Server.Startup;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;

namespace WsCore.FunctionalTests.Server;

/// <summary>Whether the server starts, and what it says where it does not.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Outside_Development_it_refuses_to_start_unless_told_to_let_everybody_in()
    {
        var result = await ServerProcess.RunAsync(["--urls", "http://127.0.0.1:0"]);

        Assert.Equal("WsCore:Auth:AllowAnonymous must be set to true outside Development (environment variable WSCORE__AUTH__ALLOWANONYMOUS=true): "
            + "this server cannot authenticate anybody yet, and it lets everybody in only when told to.", Refusal(result));
    }

    [Fact]
    public async Task Several_values_that_cannot_be_read_are_told_one_a_line()
    {
        var result = await ServerProcess.RunAsync(
            [], ServerProcess.Anonymous, ("WSCORE__LIMITS__MAXMESSAGEBYTES", "many"), ("WSCORE__HEARTBEAT__INTERVAL", "25"));

        Assert.Equal(
            [
                "WsCore:Heartbeat:Interval must be written like 00:00:25, or 25s (also 500ms, 5m, 1h), not '25'.",
                "WsCore:Limits:MaxMessageBytes must be a whole number in its range, not 'many'.",
            ],
            Refusal(result).Split('\n').Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("WSCORE__LIMITS__MAXMESSAGEBYTES", "5", "WsCore:Limits:MaxMessageBytes must be between 1024 and 16777216.")]
    [InlineData("WSCORE__PATH", "/{", "WsCore:Path is not a path: ")]
    [InlineData("SERILOG__MINIMUMLEVEL__DEFAULT", "loud", "The server cannot start: The value loud is not a valid Serilog level.")]
    [InlineData("ASPNETCORE_URLS", "nonsense", "The server cannot start: Invalid url: 'nonsense'")]
    [InlineData("ASPNETCORE_URLS", "http://203.0.113.9:7000", "The server cannot listen on an address that it was given (AddressNotAvailable): ")]
    public async Task A_setting_that_is_wrong_is_named_in_a_sentence(string name, string value, string sentence)
    {
        var result = await ServerProcess.RunAsync([], ServerProcess.Anonymous, (name, value));

        Assert.StartsWith(sentence, Refusal(result), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', Refusal(result));
    }

    [Fact]
    public async Task A_taken_port_is_told_in_a_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";

        var result = await ServerProcess.RunAsync(["--urls", address], ServerProcess.Anonymous);

        Assert.Equal($"The server cannot start: Failed to bind to address {address}: address already in use.", Refusal(result));
    }

    [Fact]
    public async Task Settings_come_from_the_environment_and_the_command_line()
    {
        await using var server = await ServerProcess.StartAsync(
            ["--WsCore:Path=/live"], ServerProcess.Anonymous, ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("WSCORE__NODE", "n1"), ("WSCORE__HEARTBEAT__INTERVAL", "26s"));

        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/live"));
        var welcome = await socket.ReceiveJsonAsync();

        Assert.Equal("n1", welcome.GetProperty("node").GetString());
        Assert.Equal(404, (await GetAsync(server, "/ws")).Status);
    }

    [Fact]
    public async Task Rates_are_limited_unless_the_environment_says_otherwise()
    {
        await using var limited = await ServerProcess.StartAsync(ServerProcess.Anonymous);
        await using var client = await ChatClient.ConnectAsync(new Uri($"ws://{limited.Address.Authority}/ws"));
        Assert.Equal("""{"messageBytes":65536,"messagesPerSecond":50,"burst":100}""", client.Welcome.Raw("limits"));

        await using var unlimited = await ServerProcess.StartAsync(
            ServerProcess.Anonymous, ("WSCORE__LIMITS__MESSAGESPERSECOND", "0"), ("WSCORE__LIMITS__BYTESPERSECOND", "0"));
        await using var other = await ChatClient.ConnectAsync(new Uri($"ws://{unlimited.Address.Authority}/ws"));
        Assert.Equal("""{"messageBytes":65536,"messagesPerSecond":0,"burst":0}""", other.Welcome.Raw("limits"));
        for (var i = 0; i < 200; i++)
        {
            await other.AckAsync("""{"type":"leave","room":"a"}""");
        }
    }

    [Fact]
    public async Task The_platforms_variable_for_ports_is_heard()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("ASPNETCORE_HTTP_PORTS", "0"));

        Assert.Equal(200, (await GetAsync(server, "/health/live")).Status);
    }

    [Fact]
    public async Task Answers_do_not_name_the_server()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        Assert.Null((await GetAsync(server, "/health/live"))["Server"]);
    }

    [Fact]
    public async Task It_may_take_longer_to_stop_than_its_connections_to_go()
    {
        await using var app = ServerApplication.Build(
            ["--WsCore:Auth:AllowAnonymous=true", "--WsCore:Drain:Timeout=40s"], new StartupFilter());

        Assert.Equal(TimeSpan.FromSeconds(50), app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    private static Task<HttpReply> GetAsync(ServerProcess server, string path) =>
        HttpProbe.SendAsync(server.Address, HttpProbe.Request($"GET {path} HTTP/1.1", "Host: localhost"));

    // Exit code 1, nothing on standard output, no stack trace.
    private static string Refusal(ProcessResult result)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        return result.Error.TrimEnd();
    }
}
