namespace WsCore.Redis.Link;

/// <summary>An argument of a script: bytes, a text (UTF-8) or a whole number.</summary>
internal readonly struct Argument
{
    private Argument(byte[]? bytes, long number) => (Bytes, Number) = (bytes, number);

    /// <summary>Null for a number.</summary>
    public byte[]? Bytes { get; }

    public long Number { get; }

    public static implicit operator Argument(long number) => new(null, number);

    public static implicit operator Argument(byte[] bytes) => new(bytes, 0);

    public static implicit operator Argument(string text) => new(System.Text.Encoding.UTF8.GetBytes(text), 0);

    public static implicit operator Argument(ReadOnlyMemory<byte> bytes) => new(bytes.ToArray(), 0);
}
