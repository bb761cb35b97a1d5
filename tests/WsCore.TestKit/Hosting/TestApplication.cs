using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsCore.Connections;
using WsCore.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;
using Xunit;

namespace WsCore.TestKit.Hosting;

/// <summary>The library as an application hosts it, on a real Kestrel and a port that was free.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly TestApplicationOptions _options;
    private readonly RecordingLoggerProvider _logs;

    private TestApplication(WebApplication application, TestApplicationOptions options, RecordingLoggerProvider logs)
    {
        _application = application;
        _options = options;
        _logs = logs;
        Http = new Uri(application.Urls.First());
        Address = new Uri($"ws://{Http.Authority}/ws");
    }

    /// <summary>Of the WebSocket end point.</summary>
    public Uri Address { get; }

    /// <summary>Of the server.</summary>
    public Uri Http { get; }

    public IWsCore WsCore => _application.Services.GetRequiredService<IWsCore>();

    public Node Node => _application.Services.GetRequiredService<Node>();

    /// <summary>How many connections there are.</summary>
    public int ConnectionCount => Node.Connections.Count;

    /// <summary>How many connections a stop had to cut.</summary>
    public int DrainCut => Node.DrainCut;

    public IServiceProvider Services => _application.Services;

    public ManualTimeProvider Time => _options.Time ?? throw new InvalidOperationException("This application has the system's clock.");

    /// <summary>What was logged at Error or above.</summary>
    public ConcurrentQueue<string> Errors => _logs.Errors;

    public static async Task<TestApplication> StartAsync(Action<TestApplicationOptions>? configure = null)
    {
        var options = new TestApplicationOptions();
        configure?.Invoke(options);
        var logs = new RecordingLoggerProvider();
        var application = Build(options, logs);
        await application.StartAsync().WithTimeout();
        return new TestApplication(application, options, logs);
    }

    /// <summary>With a clock that the test moves.</summary>
    public static Task<TestApplication> StartWithManualClockAsync(Action<TestApplicationOptions>? configure = null) => StartAsync(options =>
    {
        options.Time = new ManualTimeProvider();
        configure?.Invoke(options);
    });

    /// <summary>With hooks that do what the script says.</summary>
    public static Task<TestApplication> StartAsync(HookScript script, Action<TestApplicationOptions>? configure = null) => StartAsync(options =>
    {
        options.Services = services => services.AddSingleton(script);
        options.WsCore = wsCore => wsCore.AddHooks<ScriptedHooks>();
        configure?.Invoke(options);
    });

    /// <summary>A raw client that has read its welcome.</summary>
    public async Task<RawWebSocket> ConnectRawAsync(RawWebSocketOptions? options = null)
    {
        var socket = await RawWebSocket.ConnectAsync(Address, options);
        var welcome = await socket.ReceiveJsonAsync();
        Assert.Equal("welcome", welcome.Text("type"));
        return socket;
    }

    /// <summary>A client that has read its welcome.</summary>
    public Task<ChatClient> ConnectAsync(string? user = null) => ChatClient.ConnectAsync(Address, user);

    /// <summary>The only connection there is.</summary>
    public async Task<Connection> SingleConnectionAsync()
    {
        await Eventually.Equal(1, () => Node.Connections.Count);
        return Node.Connections.Single();
    }

    /// <summary>Moves the clock so far that everything due by then has been noticed: a sweep, and what rounding takes away.</summary>
    public void AdvancePast(TimeSpan by) => Time.Advance(by + TimeSpan.FromSeconds(2));

    /// <summary>Waits until no connection is left.</summary>
    public Task IsEmptyAsync() => Eventually.Equal(0, () => Node.Connections.Count);

    /// <summary>Cuts all connections, as a network does.</summary>
    public void CutConnections()
    {
        foreach (var connection in Node.Connections)
        {
            connection.Abort();
        }
    }

    /// <summary>Stops as an application does; the connections get their close frames.</summary>
    public Task StopAsync() => _application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        // Connections that a test left open are cut: a graceful stop is the subject of tests of its own, and a manual clock would never end one.
        CutConnections();
        await Eventually.Equal(0, () => Node.Connections.Count);
        await _application.StopAsync().WithTimeout();
        await _application.DisposeAsync().WithTimeout();
    }

    private static WebApplication Build(TestApplicationOptions options, RecordingLoggerProvider logs)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            EnvironmentName = options.Environment,
            Args = ["--hostBuilder:reloadConfigOnChange=false"], // a watched file for each application would run out of watches
        });
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => options.Kestrel?.Invoke(kestrel));
        if (options.SendBuffer is { } bytes)
        {
            builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = endPoint => Listen(endPoint, bytes));
        }

        if (options.Time is { } time)
        {
            builder.Services.AddSingleton<TimeProvider>(time);
        }

        builder.Services.AddAuthentication(TestAuthentication.Scheme)
            .AddScheme<AuthenticationSchemeOptions, TestAuthentication>(TestAuthentication.Scheme, _ => { });
        builder.Services.AddAuthorization();
        options.Services?.Invoke(builder.Services);
        var wsCore = builder.Services.AddWsCore(wsCoreOptions =>
        {
            wsCoreOptions.Auth.AllowAnonymous = true;
            wsCoreOptions.Limits.MessagesPerSecond = 0; // tests speak faster than clients; those of the limits ask for them
            wsCoreOptions.Limits.BytesPerSecond = 0;
            options.Options?.Invoke(wsCoreOptions);
        });
        options.WsCore?.Invoke(wsCore);

        var application = builder.Build();
        options.Application?.Invoke(application);
        var endPoint = application.MapWsCore(options.Path);
        options.EndPoint?.Invoke(endPoint);
        return application;
    }

    private static System.Net.Sockets.Socket Listen(EndPoint endPoint, int sendBuffer)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        socket.SendBufferSize = sendBuffer; // accepted sockets inherit it
        return socket;
    }
}
