using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace WsCore.ClientTests.Diagnostics;

/// <summary>Keeps what was logged: level, event id and text.</summary>
internal sealed class LogRecorder : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Text)> _lines = [];

    public IEnumerable<(LogLevel Level, int Id, string Text)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
}
