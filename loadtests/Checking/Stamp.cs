using System.Buffers.Text;

namespace WsCore.LoadTests.Checking;

/// <summary>What a message of the tester carries: the room, who of it sent it, its number there, when it should have been sent, how late that was, and padding to the wanted size.</summary>
/// <param name="Room">The number of the room it was sent to, see <see cref="Scenarios.Room.Number"/>.</param>
/// <param name="Sender">The sender's place in its room.</param>
/// <param name="Number">0, 1, 2 … for each sender.</param>
/// <param name="Intended">Microseconds of <see cref="Measuring.LoadClock"/>.</param>
/// <param name="Lag">Microseconds after that.</param>
internal readonly record struct Stamp(int Room, int Sender, int Number, long Intended, long Lag)
{
    /// <summary>The most that a stamp without padding takes.</summary>
    public const int MinBytes = 64;

    private const int MostDigits = 20;

    /// <summary>As a JSON array, padded to so many bytes.</summary>
    public byte[] ToPayload(int bytes)
    {
        Span<byte> numbers = stackalloc byte[(5 * MostDigits) + 8];
        var length = 0;
        numbers[length++] = (byte)'[';
        foreach (var value in (ReadOnlySpan<long>)[Room, Sender, Number, Intended, Lag])
        {
            Utf8Formatter.TryFormat(value, numbers[length..], out var written);
            length += written;
            numbers[length++] = (byte)',';
        }

        var payload = new byte[Math.Max(bytes, length + 3)];
        numbers[..length].CopyTo(payload);
        payload.AsSpan(length).Fill((byte)'x');
        payload[length] = payload[^2] = (byte)'"';
        payload[^1] = (byte)']';
        return payload;
    }

    /// <summary>Reads what <see cref="ToPayload"/> wrote; false for anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out Stamp stamp)
    {
        stamp = default;
        if (payload is not [(byte)'[', ..])
        {
            return false;
        }

        payload = payload[1..];
        if (!Take(ref payload, out var room) || !Take(ref payload, out var sender) || !Take(ref payload, out var number) || !Take(ref payload, out var intended) || !Take(ref payload, out var lag))
        {
            return false;
        }

        stamp = new Stamp((int)room, (int)sender, (int)number, intended, lag);
        return room is >= 0 and <= int.MaxValue && sender is >= 0 and <= int.MaxValue && number is >= 0 and <= int.MaxValue;
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, out long value)
    {
        if (!Utf8Parser.TryParse(rest, out value, out var consumed) || consumed >= rest.Length || rest[consumed] != ',')
        {
            return false;
        }

        rest = rest[(consumed + 1)..];
        return true;
    }
}
