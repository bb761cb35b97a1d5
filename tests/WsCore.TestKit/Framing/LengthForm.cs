namespace WsCore.TestKit.Framing;

/// <summary>How a frame states its payload length; only the shortest form is legal (RFC 6455 section 5.2).</summary>
internal enum LengthForm
{
    Shortest,
    Bits16,
    Bits64,
}
