using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsCore.Access;
using WsCore.Dispatch;
using WsCore.Reliability;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Reliability;

/// <summary>What is given up is handed to the application.</summary>
public sealed class GivenUpMessagesTests
{
    private readonly Heard _heard = new();
    private readonly ConcurrentQueue<string> _lines = new();

    [Fact]
    public async Task GivenUp_TheHookHearsWhatWasSentToWhomAndHowOften()
    {
        using var node = Create();
        var (sender, receiver) = (node.Connect(), node.Connect("grace"));
        Assert.All(new[] { sender, receiver }, client => node.Join(client.Connection, "chat:1"));
        node.Join(receiver.Connection, "user:grace");
        await sender.Say("""{"type":"broadcast","room":"chat:1","event":"li\"ne","payload":{"x":1},"reliable":true}""").WithTimeout();
        await node.Application.SendAsync("grace", Payload.FromBinary(new byte[] { 1, 2, 3 }), reliable: true);
        node.Pass(54);
        Assert.Empty(_heard.Messages);
        node.Pass(1);
        await node.Node.Afterwards.WhenDone().WithTimeout();

        Assert.Equal(2, _heard.Messages.Count);
        var first = _heard.Messages.First();
        Assert.Equal(("chat:1", null, "li\"ne", "{\"x\":1}", 4, receiver.Connection.Id),
            (first.Room, first.To, first.Event, first.Payload.ToString(), first.Attempts, first.Connection.Id));
        var second = _heard.Messages.Last();
        Assert.Equal((null, "grace", null, true), (second.Room, second.To, second.Event, second.Payload.IsBinary));
        Assert.Equal([1, 2, 3], second.Payload.Bytes.ToArray());
    }

    [Fact]
    public async Task GivenUp_TheHookThrows_TheOthersAreToldAllTheSame()
    {
        using var node = Create();
        var (sender, receiver) = (node.Connect(), node.Connect());
        Assert.All(new[] { sender, receiver }, client => node.Join(client.Connection, "a"));
        await sender.Say("""{"type":"broadcast","room":"a","payload":"throw","reliable":true}""").WithTimeout();
        await sender.Say("""{"type":"broadcast","room":"a","payload":"next","reliable":true}""").WithTimeout();
        node.Pass(55);
        await node.Node.Afterwards.WhenDone().WithTimeout();

        Assert.Equal(["\"throw\"", "\"next\""], _heard.Messages.Select(message => message.Payload.ToString()));
        Assert.False(receiver.Connection.IsClosing);
    }

    [Fact]
    public async Task GivenUp_MoreThanMayWait_TheHookHearsOfThoseAndTheRestIsCounted()
    {
        using var node = Create();
        var frame = Publication.Make(new() { JsonRoom = "a"u8, Time = 1, Payload = "1"u8 }, reliable: true);
        node.Get<GivenUpMessages>().Report(node.Connect().Connection, [.. Enumerable.Repeat(frame, GivenUpMessages.MaxWaiting + 5)]);
        await node.Node.Afterwards.WhenDone().WithTimeout();

        Assert.Equal(GivenUpMessages.MaxWaiting, _heard.Messages.Count);
    }

    [Fact]
    public void GivenUp_ManyConnectionsConfirmNothing_TheLogNamesAFewASecond()
    {
        using var node = Create();
        var frame = Publication.Make(new() { JsonRoom = "a"u8, Time = 1, Payload = "1"u8 }, reliable: true);
        var report = node.Get<GivenUpMessages>();
        for (var second = 1; second <= 3; second++)
        {
            for (var i = 0; i < 1000; i++)
            {
                report.Report(node.Connect().Connection, [frame]);
            }

            var lines = _lines.Count;
            Assert.InRange(lines, second * 2, second * 20);
            node.Clock.Advance(TimeSpan.FromSeconds(1.5));
        }

        Assert.Contains("more connections", _lines.Last());
    }

    private TestNode Create() => new(build: builder =>
    {
        builder.Services.AddSingleton<ILoggerProvider>(new Lines(_lines));
        builder.AddHooks<Application>();
        builder.Services.AddSingleton(_heard);
    });

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    private sealed class Heard
    {
        public ConcurrentQueue<GivenUpContext> Messages { get; } = new();
    }

    private sealed class Application(Heard heard) : Hooks
    {
        public override ValueTask GivenUpAsync(GivenUpContext context)
        {
            heard.Messages.Enqueue(context);
            return context.Payload.ToString() == "\"throw\"" ? throw new InvalidOperationException("the hook") : default;
        }
    }
}
