namespace WsCore.Delivery;

/// <summary>Who an outbox tells what happened to it. Called after a turn, never in it, and under no lock.</summary>
internal interface IOutboxOwner
{
    /// <summary>The reader is too slow: everything unsent was dropped and a close frame with 4100 is on its way.</summary>
    void Overflowed();

    /// <summary>Little is left of what waited, as was asked for.</summary>
    void Drained();

    /// <summary>The same, because too much is unconfirmed.</summary>
    void Unconfirmed();

    /// <summary>Reliable messages were sent as often as they may be, and were not confirmed.</summary>
    /// <param name="messages">As they were sent the first time.</param>
    void GivenUp(IReadOnlyList<Frame> messages);

    /// <summary>The close frame has been handed to the transport.</summary>
    void CloseWritten();

    /// <summary>The transport refused a write; nothing more can be sent.</summary>
    void WriteFailed();

    /// <summary>No lane touches the outbox or its output any more.</summary>
    void Retired();
}
