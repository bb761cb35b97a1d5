using Serilog.Core;
using Serilog.Events;

namespace WsCore.Server.Logs;

/// <summary>Keeps the failures to start out of the log: <see cref="Startup.StartFailure"/> tells them in a sentence, the platform's parts would each
/// add a stack trace.</summary>
/// <remarks>Thread-safe: one flag, set once.</remarks>
internal sealed class StartupFilter : ILogEventFilter
{
    private volatile bool _started;

    public bool IsStarting => !_started;

    public void End() => _started = true;

    public bool IsEnabled(LogEvent logEvent) => _started || logEvent.Exception is null;
}
