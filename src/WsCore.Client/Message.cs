namespace WsCore.Client;

/// <summary>What somebody broadcast or sent. Immutable; holds its payload's bytes and nothing of the connection.</summary>
public sealed class Message
{
    internal Message() { }

    /// <summary>The room that it was broadcast to, or null.</summary>
    public string? Room { get; internal init; }

    /// <summary>The user whom it was sent to, which is this client's own, or null.</summary>
    public string? To { get; internal init; }

    /// <summary>The namespace that it was broadcast to by the application, or null.</summary>
    public string? Namespace { get; internal init; }

    /// <summary>The application broadcast it to everybody.</summary>
    public bool Everybody { get; internal init; }

    /// <summary>Who broadcast or sent it; null where the application speaks.</summary>
    public Sender? From { get; internal init; }

    /// <summary>A connection of this client sent it. In a recovery what it broadcast itself comes too, with the id of a connection that has ended.</summary>
    public bool IsOwn { get; internal init; }

    /// <summary>The kind of message, as the sender named it.</summary>
    public string? Event { get; internal init; }

    /// <summary>Its place, where the room keeps history and the message is not ephemeral.</summary>
    public Position? Position { get; internal init; }

    /// <summary>When the server took it.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>The sender's key; see conflated rooms.</summary>
    public string? Key { get; internal init; }

    /// <summary>The id of a reliable message, which has to be confirmed; null for others.</summary>
    public string? ReliableId { get; internal init; }

    /// <summary>Which time a reliable message comes: 1 the first time.</summary>
    public int Attempt { get; internal init; }

    /// <summary>What the sender gave.</summary>
    public Payload Payload { get; internal init; }
}
