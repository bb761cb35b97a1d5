using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>Names inside an object that is the value of a field.</summary>
internal static class MemberName
{
    /// <summary>Whether the name at which the reader stands is this one, also when it is spelled with escapes. A name with a lone surrogate is none.</summary>
    public static bool Is(ref readonly Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.SequenceEqual(name);
        }

        return !Surrogates.HasLone(reader.ValueSpan) && reader.ValueTextEquals(name);
    }
}
