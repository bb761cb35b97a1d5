using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>Reads what is kept raw, the content of a JSON string with its escapes, where somebody wants a string after all.</summary>
internal static class RawText
{
    public static string? Decode(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty)
        {
            return null;
        }

        var reader = new Utf8JsonReader([.. "\""u8, .. raw, .. "\""u8]);
        reader.Read();
        return reader.GetString();
    }
}
