using System.Text;
using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>Reads a <c>since</c>: <c>{"epoch":"…","seq":0}</c>. Other members are ignored, these two may come once.</summary>
internal static class PositionReader
{
    private const int MaxEpochCharacters = 64;

    public static bool TryRead(ReadOnlyMemory<byte> source, Slot slot, FieldPath path, out Position position, out EnvelopeFault fault)
    {
        position = default;
        fault = default;
        if (TryReadMembers(source, slot, path, out string? epoch, out long? seq) && epoch is not null && seq is >= 0)
        {
            position = new Position(epoch, seq.Value);
            return true;
        }

        fault = EnvelopeFault.Invalid($"'{path}' must be an object with an epoch, a string of 1 to {MaxEpochCharacters} characters, and a seq, an integer of 0 or more.");
        return false;
    }

    private static bool TryReadMembers(ReadOnlyMemory<byte> source, Slot slot, FieldPath path, out string? epoch, out long? seq)
    {
        epoch = null;
        seq = null;
        if (slot.Kind != JsonTokenType.StartObject)
        {
            return false;
        }

        Utf8JsonReader reader = slot.Open(source);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isEpoch = MemberName.Is(ref reader, "epoch"u8);
            bool isSeq = !isEpoch && MemberName.Is(ref reader, "seq"u8);
            reader.Read();
            if (isEpoch)
            {
                Slot value = Slot.Read(ref reader, slot.Start, out _);
                if (epoch is not null || !TextField.TryCharacters(source, value, path, 1, MaxEpochCharacters, out ReadOnlyMemory<byte> utf8, out _))
                {
                    return false;
                }

                epoch = Encoding.UTF8.GetString(utf8.Span);
            }
            else if (isSeq)
            {
                if (seq is not null || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value))
                {
                    return false;
                }

                seq = value;
            }
            else
            {
                reader.Skip();
            }
        }

        return true;
    }
}
