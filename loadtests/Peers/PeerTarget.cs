namespace WsCore.LoadTests.Peers;

/// <summary>Where to connect and how.</summary>
/// <param name="Url">The server's <c>ws://</c> or <c>wss://</c> address.</param>
/// <param name="Headers">Headers of each handshake.</param>
/// <param name="Sources">The local addresses.</param>
/// <param name="RequestTimeout">How long an answer may take.</param>
internal sealed record PeerTarget(Uri Url, IReadOnlyDictionary<string, string> Headers, SourceAddresses Sources, TimeSpan RequestTimeout);
