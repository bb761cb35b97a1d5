using Microsoft.Extensions.Configuration;
using WsCore.Server.Health;
using WsCore.Server.Startup;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;

namespace WsCore.FunctionalTests.Server;

/// <summary><c>--health</c>: the server's own program asks a running one, for images without a shell.</summary>
public sealed class HealthProbeTests
{
    [Theory]
    [InlineData("ready", "--health")]
    [InlineData("ready", "--health", "ready")]
    [InlineData("live", "--health=live")]
    public async Task A_server_that_is_well_is_exit_code_0_and_one_line(string question, params string[] arguments)
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        var result = await ServerProcess.RunAsync([.. arguments, "--urls", server.Address.ToString()]);

        Assert.Equal($"{server.AddressOf($"/health/{question}")} answered 200", result.Output);
        Assert.Empty(result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_server_that_stops_is_alive_and_not_ready()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__LIMITS__CLOSETIMEOUT", "1m"));
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        await socket.ReceiveJsonAsync();
        server.Terminate();
        await socket.ReceiveCloseAsync(); // and not answered: the server waits for that

        var address = ("ASPNETCORE_URLS", server.Address.ToString());
        var ready = await ServerProcess.RunAsync(["--health", "ready"], address);
        var live = await ServerProcess.RunAsync(["--health", "live"], address);

        Assert.Equal((1, $"{server.AddressOf("/health/ready")} answered 503", ""), (ready.ExitCode, ready.Error, ready.Output));
        Assert.Equal((0, ""), (live.ExitCode, live.Error));
    }

    [Fact]
    public async Task Nobody_there_is_exit_code_1_and_one_line()
    {
        var result = await ServerProcess.RunAsync(["--health", "--urls", $"http://*:{FreePort.Next()}"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("/health/ready cannot be asked: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', result.Error);
    }

    [Theory]
    [InlineData("--health takes ready or live, not 'well'.", "--health", "well")]
    [InlineData("The settings cannot be read: Invalid url: 'nowhere'", "--health", "--urls", "nowhere")]
    [InlineData("None of the addresses that the settings give the server can be asked: an http or https address with a port is needed.", "--health", "--urls", "http://127.0.0.1:0")]
    public async Task What_cannot_be_asked_is_exit_code_1_and_a_sentence(string sentence, params string[] arguments)
    {
        var result = await ServerProcess.RunAsync(arguments);

        Assert.Equal((1, sentence, ""), (result.ExitCode, result.Error, result.Output));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/")]
    [InlineData("http://127.0.0.1:81/", "urls=http://*:81")]
    [InlineData("http://127.0.0.1:81/", "urls=https://+:80;http://0.0.0.0:81")]
    [InlineData("http://127.0.0.1:81/", "urls= http://[::]:81 ; http://[::]:82")]
    [InlineData("http://[::1]:81/", "urls=http://[::1]:81")]
    [InlineData("http://127.0.0.9:81/", "urls=http://127.0.0.9:81")]
    [InlineData("http://127.0.0.1:81/", "urls=http://chat.example:81")]
    [InlineData("http://localhost:81/", "urls=http://localhost:81")]
    [InlineData("http://127.0.0.1:82/", "urls=http://unix:/run/wscore.sock;http://*:82")]
    [InlineData("http://127.0.0.1:82/", "http_ports=82;83")]
    [InlineData("https://127.0.0.1:84/", "https_ports=84")]
    [InlineData("http://127.0.0.1:81/", "urls=http://*:81", "http_ports=82")]
    [InlineData("http://127.0.0.1:85/", "urls=http://*:81", "Kestrel:Endpoints:Inner:Url=http://*:85")]
    public void The_address_that_is_asked_is_the_first_that_the_server_has(string address, params string[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
            .Build();

        Assert.Equal(new Uri(address), ServerAddresses.ForProbe(configuration));
    }

    [Theory]
    [InlineData(null, "", "--urls=http://*:80")]
    [InlineData("ready", "--urls x", "--urls", "x", "--health")]
    [InlineData("live", "--urls x", "--health", "live", "--urls", "x")]
    [InlineData("ready", "--urls x", "--health", "--urls", "x")]
    [InlineData("live", "--urls x", "--urls", "x", "--health=live")]
    [InlineData("", "", "--health=")]
    public void The_command_is_found_among_the_arguments(string? question, string rest, params string[] arguments)
    {
        var command = HealthCommand.Read(arguments);

        Assert.Equal(question, command?.Question);
        Assert.Equal(rest, string.Join(' ', command?.Rest ?? []));
    }
}
