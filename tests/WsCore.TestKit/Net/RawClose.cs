namespace WsCore.TestKit.Net;

/// <summary>What a close frame said; 1005 and no reason where it was empty (RFC 6455 §7.1.5).</summary>
internal sealed record RawClose(int Code, string Reason);
