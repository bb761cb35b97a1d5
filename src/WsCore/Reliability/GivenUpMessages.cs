using Microsoft.Extensions.Logging;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Diagnostics;
using WsCore.Hosting;

namespace WsCore.Reliability;

/// <summary>Logs what was given up, and tells the hooks.</summary>
/// <remarks>
/// Thread-safe. The log names some connections a second, however many there are: who does not confirm must not fill it. Hooks run beside whoever reports, one after the other, and what waits for them is
/// bounded: clients decide how much they do not confirm, the application how fast its hooks are.
/// </remarks>
internal sealed partial class GivenUpMessages(Node node, HookRunner hooks, WsCoreMetrics metrics, ILogger<GivenUpMessages> logger)
{
    /// <summary>Messages that wait for hooks; over it they are only counted.</summary>
    public const int MaxWaiting = 10_000;

    private const int NamedPerSecond = 10;

    private readonly Lock _gate = new();
    private readonly Queue<(Connection Connection, Frame Frame)> _waiting = new();
    private bool _running;
    private long _second;
    private int _named;

    private int Attempts { get; } = node.Options.Reliable.RetryDelays.Count + 1;

    public void Report(Connection connection, IReadOnlyList<Frame> messages)
    {
        Log(connection, messages.Count);
        if (!hooks.Wants(HookPoints.GivenUp))
        {
            return;
        }

        int told;
        bool start;
        lock (_gate)
        {
            told = Math.Min(messages.Count, MaxWaiting - _waiting.Count);
            for (var i = 0; i < told; i++)
            {
                _waiting.Enqueue((connection, messages[i]));
            }

            start = !_running && told > 0;
            _running |= start;
        }

        if (told < messages.Count)
        {
            metrics.GivenUpNotTold(messages.Count - told);
        }

        if (start)
        {
            node.Afterwards.Add(Task.Run(TellAsync));
        }
    }

    private void Log(Connection connection, int messages)
    {
        int named;
        var now = node.Time.GetTimestamp();
        lock (_gate)
        {
            if (_named == 0 || node.Time.GetElapsedTime(_second, now) >= TimeSpan.FromSeconds(1))
            {
                (_second, _named) = (now, 0);
            }

            named = _named = Math.Min(_named + 1, NamedPerSecond + 2);
        }

        if (named <= NamedPerSecond)
        {
            GaveUp(logger, messages, connection.Id, Attempts);
        }
        else if (named == NamedPerSecond + 1)
        {
            GaveUpMore(logger);
        }
    }

    private async Task TellAsync()
    {
        while (TryTake(out var next))
        {
            try
            {
                var message = SentMessage.Read(next.Frame);
                await hooks.GivenUpAsync(new GivenUpContext(next.Connection, message.Room, message.To, message.Event, message.Payload, Attempts)).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                HookFailed(logger, exception, next.Connection.Id);
            }
        }
    }

    private bool TryTake(out (Connection Connection, Frame Frame) next)
    {
        lock (_gate)
        {
            _running = _waiting.TryDequeue(out next);
            return _running;
        }
    }
}
