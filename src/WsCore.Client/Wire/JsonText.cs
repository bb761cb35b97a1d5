using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WsCore.Client.Wire;

internal static class JsonText
{
    public static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text as a JSON string, in UTF-8.</summary>
    /// <exception cref="ArgumentException">It has half a surrogate pair.</exception>
    public static byte[] Quote(string text)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(text.Length + 2);
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStringValue(Strict.GetBytes(text)); // the writer by itself would put U+FFFD in the place of what it cannot write
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
