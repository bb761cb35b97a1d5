using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using WsCore.Buffers;

namespace WsCore.Protocol;

/// <summary>The content of JSON strings, without the quotes.</summary>
/// <remarks>
/// The relaxed encoder escapes what JSON demands, and characters beyond the basic plane (an emoji is 12 bytes then; only
/// names pass through here, payloads are copied). What the default encoder escapes in addition (&lt;, &amp;, ', every
/// non-ASCII character) protects HTML pages into which JSON is pasted; ours travels in WebSocket frames and
/// application/json answers only.
/// </remarks>
internal static class JsonText
{
    private const int MaxGrowth = 6; // one byte becomes \u00XX at most
    private const int StackBytes = 512;

    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static void Write(PooledBufferWriter writer, ReadOnlySpan<byte> utf8)
    {
        int plain = Encoder.FindFirstCharacterToEncodeUtf8(utf8);
        if (plain < 0)
        {
            writer.Write(utf8);
            return;
        }

        writer.Write(utf8[..plain]);
        utf8 = utf8[plain..];
        Span<byte> destination = writer.GetSpan(checked(utf8.Length * MaxGrowth));
        OperationStatus status = Encoder.EncodeUtf8(utf8, destination, out int consumed, out int written);
        Debug.Assert(status == OperationStatus.Done && consumed == utf8.Length);
        writer.Advance(written);
    }

    /// <summary>A lone surrogate becomes U+FFFD: what the server sends is always UTF-8.</summary>
    public static void Write(PooledBufferWriter writer, ReadOnlySpan<char> text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        Span<byte> utf8 = most <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(most);
        Write(writer, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Whether nothing gets an escape.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> utf8) => Encoder.FindFirstCharacterToEncodeUtf8(utf8) < 0;

    /// <summary>The same array where nothing needs an escape.</summary>
    public static byte[] Encode(byte[] utf8) =>
        Encoder.FindFirstCharacterToEncodeUtf8(utf8) < 0 ? utf8 : Encode(utf8.AsSpan());

    public static byte[] Encode(ReadOnlySpan<byte> utf8)
    {
        using PooledBufferWriter writer = new();
        Write(writer, utf8);
        return writer.WrittenSpan.ToArray();
    }

    public static byte[] Encode(string text)
    {
        using PooledBufferWriter writer = new();
        Write(writer, text);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>A client's text for an error sentence: its first 64 characters and an ellipsis.</summary>
    public static string Show(ReadOnlySpan<byte> utf8)
    {
        const int most = 64;
        int length = 0;
        for (int shown = 0; shown < most && length < utf8.Length; shown++)
        {
            Rune.DecodeFromUtf8(utf8[length..], out _, out int consumed);
            length += consumed;
        }

        string text = Encoding.UTF8.GetString(utf8[..length]);
        return length == utf8.Length ? text : text + "…";
    }
}
