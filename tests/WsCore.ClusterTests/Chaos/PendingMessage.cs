using WsCore.ClusterTests.Checking;

namespace WsCore.ClusterTests.Chaos;

/// <summary>A broadcast that is not answered yet. Guarded by the client's lock.</summary>
internal sealed class PendingMessage(MessageId id, ClientRoom room)
{
    public MessageId Id => id;

    public ClientRoom Room => room;

    /// <summary>When it was sent over the connection that is open now; null: it is to be sent, once <see cref="DueAt"/> is over.</summary>
    public TimeSpan? SentAt { get; set; }

    public TimeSpan DueAt { get; set; }
}
