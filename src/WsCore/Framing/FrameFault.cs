namespace WsCore.Framing;

/// <summary>Why the stream cannot go on, in the words of the close frame that says so.</summary>
/// <param name="CloseCode">1002, 1007 or 1009.</param>
/// <param name="Reason">At most 123 bytes of UTF-8, so that it fits a close frame whole (RFC 6455 section 5.5.1).</param>
internal readonly record struct FrameFault(ushort CloseCode, string Reason);
