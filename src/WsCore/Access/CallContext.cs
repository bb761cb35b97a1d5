using WsCore.Connections;

namespace WsCore.Access;

/// <summary>A connection calls the application; the hook answers with <see cref="Reply"/> or refuses.</summary>
public sealed class CallContext : RefusableContext
{
    internal CallContext(IConnection connection, string method, Payload payload)
    {
        Connection = connection;
        Method = method;
        Payload = payload;
    }

    /// <summary>Who calls.</summary>
    public IConnection Connection { get; }

    /// <summary>The method, 1 to 128 characters.</summary>
    public string Method { get; }

    /// <summary>The argument; its bytes are valid during the hook. Empty bytes: the call had none.</summary>
    public Payload Payload { get; }

    internal Payload? Answer { get; private set; }

    /// <summary>Answers; the payload travels in the <c>ack</c>.</summary>
    /// <exception cref="ArgumentException">The payload is binary: replies are text.</exception>
    public void Reply(Payload payload)
    {
        if (payload.IsBinary || payload.Bytes.IsEmpty)
        {
            throw new ArgumentException("The answer to a call must be JSON.", nameof(payload));
        }

        Answer = payload;
    }
}
