using System.Diagnostics.Tracing;

namespace WsCore.Tests.Framing;

/// <summary>Hears what this thread rents from the shared pools and gives back.</summary>
internal sealed class PoolListener : EventListener
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly HashSet<int> _out = [];

    public int Rents { get; private set; }

    /// <summary>Arrays given back that were not out: twice the same, or somebody else's.</summary>
    public int BadReturns { get; private set; }

    public int Outstanding => _out.Count;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Buffers.ArrayPoolEventSource")
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            return;
        }

        switch (eventData.EventName)
        {
            case "BufferRented":
                Rents++;
                _out.Add((int)eventData.Payload![0]!);
                break;
            case "BufferReturned" when !_out.Remove((int)eventData.Payload![0]!):
                BadReturns++;
                break;
        }
    }
}
