using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;
using WsCore.Reliability;

namespace WsCore.Dispatch;

/// <summary>Takes note of what a client confirms. Never answered; ids that no message ever had end here, the others at the connection's own list.</summary>
internal static class AckCommand
{
    public static void Run(Connection connection, in Envelope envelope)
    {
        var ids = envelope.Ids is { } several ? Read(several) : Read([envelope.Id]);
        if (!ids.IsEmpty)
        {
            connection.Outbox.Lane.Post(LaneItem.Confirm(connection.Outbox, ids));
        }
    }

    private static ReadOnlyMemory<UInt128> Read(ReadOnlySpan<ReadOnlyMemory<byte>> texts)
    {
        var (ids, count) = ((UInt128[]?)null, 0);
        foreach (var text in texts)
        {
            if (ReliableId.TryRead(text.Span, out var id))
            {
                ids ??= new UInt128[texts.Length];
                ids[count++] = id;
            }
        }

        return ids.AsMemory(0, count);
    }
}
