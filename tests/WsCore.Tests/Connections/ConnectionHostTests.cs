using System.IO.Pipelines;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Framing;
using WsCore.Hosting;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Framing;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Connections;

/// <summary>A connection from its welcome to its end, over a pipe in place of a transport.</summary>
public sealed class ConnectionHostTests
{
    private readonly Pipe _input = new();
    private readonly ScriptedOutput _output = new();

    [Fact]
    public async Task Serve_FromWelcomeToClose()
    {
        using var node = new TestNode();
        var serving = Serve(node, "u1", out var connection);
        await Eventually.Is(() => _output.Texts.Count == 1);
        Assert.StartsWith("""{"type":"welcome","connection":"served","user":"u1",""", _output.Texts[0]);
        Assert.Same(connection, Assert.Single(node.Rooms.Find("user:u1"u8)!.Snapshot()).Connection);

        await _input.Writer.WriteAsync(ClientFrame.Text("""{"type":"join","id":"1","room":"a"}"""));
        await Eventually.Is(() => _output.Texts.Count == 2);
        Assert.Equal(2, node.Rooms.Count);
        await _input.Writer.WriteAsync(ClientFrame.Encode(Opcode.Ping, "p"u8));
        await Eventually.Is(() => _output.Frames.Any(frame => frame.Opcode == Opcode.Pong));

        await _input.Writer.WriteAsync(ClientFrame.Close(1000));
        await serving.WithTimeout();

        Assert.Equal(1000, _output.Frames[^1].CloseCode);
        Assert.Equal(0, node.Rooms.Count);
        Assert.Equal(0, node.Node.Connections.Count);
    }

    [Fact]
    public async Task Serve_StreamEnds_IsAborted1006()
    {
        using var node = new TestNode();
        var serving = Serve(node, null, out var connection);
        await _input.Writer.CompleteAsync();
        await serving.WithTimeout();

        Assert.Equal(1006, connection.CloseCode);
        Assert.Equal(1, _output.Aborts);
        Assert.Equal(0, node.Node.Connections.Count);
    }

    [Fact]
    public async Task Serve_TooManyConnections_IsClosedWith4103()
    {
        using var node = new TestNode(options => options.Limits.MaxConnections = 1);
        var first = node.Connect();
        Assert.True(node.Node.Connections.TryAdmit(first.Connection, 1));
        var serving = Serve(node, null, out var connection);
        Assert.Equal(CloseCodes.ServerFull, connection.CloseCode);
        Assert.Equal(CloseCodes.ServerFull, Assert.Single(_output.Frames).CloseCode);

        await _input.Writer.WriteAsync(ClientFrame.Close(CloseCodes.ServerFull));
        Assert.False(node.Node.Connections.TryAdmit(connection, 1));
        node.Node.Connections.Remove(first.Connection);
        Assert.True(node.Node.Connections.TryAdmit(node.Connect().Connection, 1)); // one that was refused takes nobody's place
        await serving.WithTimeout();
        Assert.Equal(1, node.Node.Connections.Count);
    }

    [Fact]
    public async Task Serve_NodeIsStopping_IsClosedWith4200()
    {
        using var node = new TestNode();
        node.Node.Stop();
        var serving = Serve(node, null, out _);
        Assert.Equal(CloseCodes.Drain, Assert.Single(_output.Frames).CloseCode);

        await _input.Writer.WriteAsync(ClientFrame.Close(CloseCodes.Drain));
        await serving.WithTimeout();
    }

    [Fact]
    public async Task Serve_ApplicationSpeaksToEverybodyMeanwhile_WelcomeStillComesFirst()
    {
        using var log = new SpeakingLog();
        using var node = new TestNode(build: builder => builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log)));
        log.Said = () => Assert.True(node.Application.BroadcastToEverybodyAsync(Payload.FromText("hello")).IsCompletedSuccessfully);

        var serving = Serve(node, null, out _);
        await _input.Writer.CompleteAsync();
        await serving.WithTimeout();

        Assert.True(log.HasSpoken);
        Assert.StartsWith("""{"type":"welcome",""", _output.Texts[0]);
        Assert.Contains("everybody", _output.Texts[1]);
    }

    [Fact]
    public async Task Serve_CallbackOfClosedThrows_ConnectionIsForgottenAllTheSame()
    {
        using var node = new TestNode();
        var serving = Serve(node, "u1", out var connection);
        connection.Closed.Register(() => throw new InvalidOperationException("an application's bug"));

        await _input.Writer.CompleteAsync();
        await serving.WithTimeout();

        Assert.Equal(0, node.Node.Connections.Count);
        Assert.Equal(0, node.Rooms.Count);
    }

    [Fact]
    public async Task Serve_ClosedHook_HearsCodeAndReasonAndMayThrow()
    {
        var heard = new List<(ushort, string)>();
        using var node = new TestNode(build: builder =>
        {
            builder.Services.AddSingleton(heard);
            builder.AddHooks<ClosedHooks>();
        });
        var serving = Serve(node, null, out _);
        await _input.Writer.WriteAsync(ClientFrame.Close(4321, "my reason"));
        await serving.WithTimeout();

        Assert.Equal([(4321, "my reason")], heard);
        Assert.Equal(0, node.Node.Connections.Count);
    }

    [Fact]
    public async Task Stopping_ClosesEverybodyAndCutsWhoDoesNotAnswer()
    {
        using var node = new TestNode();
        using var lifetime = new NodeLifetime(node.Node, NullLogger<NodeLifetime>.Instance);
        var serving = Serve(node, null, out _);
        var silent = node.Connect();

        var stopping = lifetime.StoppingAsync(CancellationToken.None);
        Assert.Equal(CloseCodes.Drain, _output.Frames[^1].CloseCode);
        Assert.Equal(CloseCodes.Drain, silent.Output.Frames[^1].CloseCode);
        await _input.Writer.WriteAsync(ClientFrame.Close(CloseCodes.Drain));
        await serving.WithTimeout();
        Assert.False(stopping.IsCompleted);
        node.Clock.Advance(TimeSpan.FromSeconds(6));

        await stopping.WithTimeout();
        Assert.Equal(1, silent.Output.Aborts);
    }

    private Task Serve(TestNode node, string? user, out Connection connection)
    {
        var host = node.Get<ConnectionHost>();
        connection = host.Make(new ConnectionIdentity("served", user, new ClaimsPrincipal(), RemoteAddress: null), _output);
        return host.ServeAsync(connection, _input.Reader);
    }

    private sealed class ClosedHooks(List<(ushort, string)> heard) : Hooks
    {
        public override ValueTask ClosedAsync(ClosedContext context)
        {
            heard.Add((context.Code, context.Reason));
            throw new InvalidOperationException("an application's bug");
        }
    }

    /// <summary>A log that acts when the host says that a connection was opened: between its registration and its welcome.</summary>
    private sealed class SpeakingLog : ILoggerProvider, ILogger
    {
        public Action Said { get; set; } = () => { };

        public bool HasSpoken { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!HasSpoken)
            {
                HasSpoken = true;
                Said();
            }
        }

        public void Dispose()
        {
        }
    }
}
