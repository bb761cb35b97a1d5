using System.Text;
using WsCore.Connections;

namespace WsCore.Access;

/// <summary>A connection asks to broadcast to a room, or to send to a user.</summary>
public sealed class BroadcastContext : RefusableContext
{
    private static readonly HashSet<string> Reserved =
        ["type", "id", "room", "rooms", "results", "seq", "epoch", "duplicate", "code", "message", "retryAfter"];

    private Payload _payload;

    internal BroadcastContext(IConnection connection, string? room, string? to, string? eventName, Payload payload)
    {
        Connection = connection;
        Room = room;
        To = to;
        Event = eventName;
        _payload = payload;
    }

    /// <summary>Who asks.</summary>
    public IConnection Connection { get; }

    /// <summary>The room's whole name, or null for a <c>send</c>. A broadcast to several rooms is asked about once for each.</summary>
    public string? Room { get; }

    /// <summary>The user of a <c>send</c>, or null for a <c>broadcast</c>.</summary>
    public string? To { get; }

    /// <summary>The message's event, or null.</summary>
    public string? Event { get; }

    /// <summary>What will be delivered. Its bytes are valid during the hook; replacing it replaces what receivers get, and it may change between JSON and binary.</summary>
    /// <exception cref="ArgumentException">The payload is none: <c>default</c> is neither JSON nor binary.</exception>
    public Payload Payload
    {
        get => _payload;
        set
        {
            if (!value.IsBinary && value.Bytes.IsEmpty)
            {
                throw new ArgumentException("A payload must be JSON or binary; make it with one of Payload's methods.", nameof(value));
            }

            _payload = value;
            IsReplaced = true;
        }
    }

    internal bool IsReplaced { get; private set; }

    internal List<AckAddition>? Additions { get; private set; }

    /// <summary>Adds a field to the sender's <c>ack</c>.</summary>
    /// <param name="name">1 to 64 of letters, digits and <c>_</c>, and none of the protocol's own.</param>
    /// <param name="value">A JSON payload.</param>
    /// <exception cref="ArgumentException">The name is taken or has another form, or the value is binary.</exception>
    public void AddToAck(string name, Payload value)
    {
        if (name is not { Length: >= 1 and <= 64 } || name.Any(c => !(char.IsAsciiLetterOrDigit(c) || c == '_')))
        {
            throw new ArgumentException("A field of an ack is 1 to 64 letters, digits and _.", nameof(name));
        }

        if (Reserved.Contains(name) || Additions?.Any(addition => Encoding.ASCII.GetString(addition.Name) == name) == true)
        {
            throw new ArgumentException($"The ack has a field '{name}' already.", nameof(name));
        }

        if (value.IsBinary || value.Bytes.IsEmpty)
        {
            throw new ArgumentException("A field of an ack must be JSON.", nameof(value));
        }

        (Additions ??= []).Add(new AckAddition(Encoding.ASCII.GetBytes(name), value.Bytes));
    }
}
