namespace WsCore.Tests.Protocol;

/// <summary>Damages bytes in the ways that parsers mind.</summary>
internal sealed class Mutator(Random random, byte[][] corpus)
{
    private static readonly byte[] Structure = "{}[]\",:\\u0123456789abcdefntrue -.eE\0 \n\u00FF"u8.ToArray();

    public byte[] Next()
    {
        byte[] bytes = corpus[random.Next(corpus.Length)];
        for (int times = random.Next(8) == 0 ? random.Next(2, 6) : 1; times > 0; times--)
        {
            bytes = Mutate(bytes);
        }

        return bytes;
    }

    private byte[] Mutate(byte[] bytes)
    {
        int at = random.Next(bytes.Length + 1);
        int end = random.Next(at, Math.Min(bytes.Length, at + 40) + 1);
        byte[] other = corpus[random.Next(corpus.Length)];
        int from = random.Next(other.Length + 1);
        switch (random.Next(10))
        {
            case 0 when bytes.Length > 0:
                byte[] flipped = [.. bytes];
                flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
            case 2:
                return [.. bytes[..at], Structure[random.Next(Structure.Length)], .. bytes[at..]];
            case 3:
                return [.. bytes[..at], .. bytes[end..]]; // a slice less
            case 4:
                return [.. bytes[..end], .. bytes[at..]]; // a slice twice
            case 5:
                return [.. bytes[..at], .. other[from..]]; // two messages spliced
            case 6:
                return [.. bytes[..at], .. other[from..Math.Min(other.Length, from + random.Next(30))], .. bytes[end..]];
            case 7 when random.Next(4) == 0:
                return bytes[..at];
            default:
                return Overwrite(bytes, at); // mostly stays JSON, so that the rules behind it get their share
        }
    }

    /// <summary>Other letters and digits where there are some.</summary>
    private byte[] Overwrite(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        for (int i = at; i < changed.Length && i < at + 3; i++)
        {
            if (char.IsAsciiLetterOrDigit((char)changed[i]))
            {
                changed[i] = (byte)(char.IsAsciiDigit((char)changed[i]) ? random.Next('0', '9' + 1) : random.Next('a', 'z' + 1));
            }
        }

        return changed;
    }
}
