using Microsoft.Extensions.Logging;

namespace WsCore.Tests.Simulation;

/// <summary>Takes what the server logs as an error for a failure of the run.</summary>
internal sealed class FaultLoggerProvider(Action<string, Exception?> onFault) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            onFault(formatter(state, exception), exception);
        }
    }

    public void Dispose()
    {
    }
}
