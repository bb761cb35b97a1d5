namespace WsCore.Client.Connections;

/// <summary>A message that waits to be sent.</summary>
internal readonly record struct Outbound(ReadOnlyMemory<byte> Bytes, bool IsBinary);
