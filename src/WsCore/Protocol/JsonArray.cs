using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>Arrays of an envelope.</summary>
internal static class JsonArray
{
    /// <summary>How many elements there are, at most one more than <paramref name="max"/>; −1 where it is no array.</summary>
    public static int Count(ReadOnlyMemory<byte> source, Slot slot, int max)
    {
        if (slot.Kind != JsonTokenType.StartArray)
        {
            return -1;
        }

        Utf8JsonReader reader = slot.Open(source);
        int count = 0;
        while (count <= max && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            count++;
        }

        return count;
    }
}
