using System.Diagnostics.Tracing;

namespace WsCore.Server.Otlp;

/// <summary>Tells of a collector that does not take what is pushed: the SDK itself writes that to an event source and nowhere else.</summary>
/// <remarks>One line in ten minutes at most, however often it fails. Thread-safe.</remarks>
internal sealed class OtlpFailures(TimeProvider time, ILogger logger) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private long? _told;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Level is EventLevel.Error or EventLevel.Critical or EventLevel.Warning && IsTime())
        {
            OtlpLog.Failed(logger, Sentence(eventData));
        }
    }

    private static string Sentence(EventWrittenEventArgs happened)
    {
        var text = happened.Message is { } format && happened.Payload is { } payload
            ? string.Format(System.Globalization.CultureInfo.InvariantCulture, format, [.. payload])
            : happened.EventName ?? "";
        return text.Split('\n', 2)[0].Trim(); // without the stack
    }

    private bool IsTime()
    {
        lock (_gate)
        {
            if (_told is { } told && time.GetElapsedTime(told) < Quiet)
            {
                return false;
            }

            _told = time.GetTimestamp();
            return true;
        }
    }
}
