using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Heartbeat;

namespace WsCore.TestKit.Delivery;

/// <summary>A transport whose peer answers everything at once, and whose abort does nothing.</summary>
internal sealed class AnsweringOutput(SweepClock clock) : IOutput
{
    public Connection? Connection { get; set; }

    public long Writes { get; private set; }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        Writes++;
        Connection!.LastReceived = clock.Now;
        return default;
    }

    public void Abort()
    {
    }
}
