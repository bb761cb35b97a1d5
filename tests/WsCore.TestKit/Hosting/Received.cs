using System.Buffers.Binary;
using System.Text.Json;

namespace WsCore.TestKit.Hosting;

/// <summary>A message of the server.</summary>
/// <param name="Json">The envelope.</param>
/// <param name="Raw">The envelope as it was written.</param>
/// <param name="Binary">The payload of a binary message; null of a text message.</param>
internal sealed record Received(JsonElement Json, string Raw, byte[]? Binary)
{
    public string? Type => Json.Text("type");

    public static Received FromText(string text) => new(JsonElement.Parse(text), text, null);

    /// <summary>The binary form of docs/protocol.md, read by its words.</summary>
    public static Received FromBinary(ReadOnlySpan<byte> message)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(message);
        var envelope = System.Text.Encoding.UTF8.GetString(message.Slice(2, length));
        return new Received(JsonElement.Parse(envelope), envelope, message[(2 + length)..].ToArray());
    }

    public override string ToString() => Binary is null ? Raw : $"{Raw} + {Binary.Length} bytes";
}
