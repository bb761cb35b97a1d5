using WsCore.Connections;

namespace WsCore.Access;

/// <summary>A connection has ended and left every room.</summary>
public sealed class ClosedContext
{
    internal ClosedContext(IConnection connection, ushort code, string reason)
    {
        Connection = connection;
        Code = code;
        Reason = reason;
    }

    /// <summary>The connection that was.</summary>
    public IConnection Connection { get; }

    /// <summary>The code of whoever closed first; 1005 for a close without one, 1006 where the stream just ended.</summary>
    public ushort Code { get; }

    /// <summary>The reason that came with the code; from a client, it is a stranger's text.</summary>
    public string Reason { get; }
}
