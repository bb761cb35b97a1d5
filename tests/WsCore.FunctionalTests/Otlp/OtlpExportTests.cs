using WsCore.Server.Otlp;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Otlp;

/// <summary>The server pushes its metrics to a collector where the environment says so, and only there.</summary>
public sealed class OtlpExportTests
{
    private static readonly (string, string) Often = ("OTEL_METRIC_EXPORT_INTERVAL", "100");

    [Theory]
    [InlineData("http/protobuf", "/v1/metrics")]
    [InlineData("grpc", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    public async Task The_instruments_arrive_with_the_node_as_instance(string protocol, string path)
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc: protocol == "grpc");
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Anonymous, Often, ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol));
        await HttpProbe.SendAsync(server.Address, HttpProbe.Request("GET /health/live HTTP/1.1", "Host: localhost")); // a connection that has ended, and so has a duration
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        await socket.ReceiveJsonAsync();
        await socket.SendTextAsync("""{"type":"join","id":"1","room":"tea"}""");
        await socket.ReceiveJsonAsync();

        string[] known =
            ["wscore.connections", "wscore.messages.received", "wscore.messages.delivered", "wscore.lane.turn.duration", "dotnet.gc.collections", "kestrel.upgraded_connections"];
        await Eventually.Is(() => known.All(receiver.Names.Contains), $"{string.Join(", ", known)} arrive");
        var before = receiver.Requests.Count;
        await Eventually.Is(() => receiver.Requests.Count > before + 2);

        Assert.All(receiver.Requests, request => Assert.Equal(path, request.Path));
        Assert.DoesNotContain("kestrel.connection.duration", receiver.Names);
        Assert.Equal("wscore", receiver.Resource["service.name"]);
        Assert.NotEmpty(receiver.Resource["service.instance.id"]);
        Assert.Contains(receiver.Address, await server.LineAsync("Metrics are pushed to"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counters_of_what_has_not_happened_yet_arrive_all_the_same()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Anonymous, Often, ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));

        string[] none = ["wscore.errors", "wscore.recoveries", "wscore.handshakes.refused", "wscore.once.duplicates"];
        await Eventually.Is(() => none.All(receiver.Names.Contains), $"{string.Join(", ", none)} arrive");
    }

    [Fact]
    public async Task The_environment_says_what_the_service_is_called()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Anonymous,
            Often,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_SERVICE_NAME", "chat"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test,service.instance.id=seven"));
        await Eventually.Is(() => !receiver.Requests.IsEmpty);

        Assert.Equal(("chat", "test", "seven"), (receiver.Resource["service.name"], receiver.Resource["deployment.environment"], receiver.Resource["service.instance.id"]));
    }

    [Fact]
    public async Task What_happened_last_is_pushed_when_the_server_stops()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Anonymous, ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")); // each minute
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        await socket.ReceiveJsonAsync();
        await socket.CloseAsync();

        Assert.Equal(0, (await server.StopAsync()).ExitCode);

        Assert.Contains("wscore.connections.closed", receiver.Names);
    }

    [Fact]
    public async Task A_collector_that_is_away_costs_a_line_of_the_log()
    {
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Anonymous,
            ("OTEL_METRIC_EXPORT_INTERVAL", "50"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{FreePort.Next()}"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        await server.LineAsync("Metrics could not be pushed");
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        await socket.ReceiveJsonAsync();

        var result = await server.StopAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Error);
        Assert.Single(result.Output.Split('\n'), line => line.Contains("Metrics could not be pushed", StringComparison.Ordinal));
        Assert.DoesNotContain("\"Level\":\"Error\"", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_METRICS_EXPORTER", "none")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]
    public void The_environment_says_when_nothing_is_started(string name, string value) =>
        Assert.Null(OtlpSettings.Read(variable => variable == name ? value : variable == "OTEL_EXPORTER_OTLP_ENDPOINT" ? "http://c:4317" : null));

    [Fact]
    public void No_variable_is_no_export_and_a_password_is_not_told()
    {
        Assert.Null(OtlpSettings.Read(_ => null));
        Assert.Equal("http://c:4317/", OtlpSettings.Read(variable => variable == "OTEL_EXPORTER_OTLP_ENDPOINT" ? "http://me:secret@c:4317/" : null));
    }
}
