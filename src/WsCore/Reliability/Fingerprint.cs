namespace WsCore.Reliability;

/// <summary>128 bits of a SHA-256 over what a request asks for.</summary>
internal readonly record struct Fingerprint(UInt128 Value);
