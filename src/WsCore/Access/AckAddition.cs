namespace WsCore.Access;

/// <summary>A field that a hook adds to an <c>ack</c>.</summary>
/// <param name="Name">A name that needs no escape in JSON.</param>
/// <param name="Json">One JSON value.</param>
internal readonly record struct AckAddition(byte[] Name, ReadOnlyMemory<byte> Json);
