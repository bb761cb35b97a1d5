namespace WsCore.Client.Connections;

/// <summary>Takes what a connection received, message by message, on the thread that reads.</summary>
internal interface IFrameSink
{
    /// <summary>One whole message. The bytes are the connection's again when this returns.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is none of the protocol's: the connection ends.</exception>
    void Receive(Connection connection, ReadOnlySpan<byte> message, bool isBinary);

    /// <summary>There will be nothing more.</summary>
    void Ended(Connection connection);
}
