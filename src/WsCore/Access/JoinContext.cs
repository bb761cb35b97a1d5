using WsCore.Connections;

namespace WsCore.Access;

/// <summary>A connection asks to join a room.</summary>
public sealed class JoinContext : RefusableContext
{
    internal JoinContext(IConnection connection, string room)
    {
        Connection = connection;
        Room = room;
    }

    /// <summary>Who asks.</summary>
    public IConnection Connection { get; }

    /// <summary>The room's whole name.</summary>
    public string Room { get; }
}
