using System.Globalization;
using System.Text;

namespace WsCore.Redis.Link;

/// <summary>What a script answered: a number, bytes, a list of replies, or nothing.</summary>
internal readonly struct Reply(object? value)
{
    public bool IsNull => value is null;

    public bool IsList => value is Reply[];

    /// <exception cref="InvalidDataException">It is another kind.</exception>
    public Reply[] List => value as Reply[] ?? throw Unexpected("a list");

    public byte[] Bytes => value as byte[] ?? throw Unexpected("bytes");

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>A number, or bytes that are one in decimal.</summary>
    public long Number => value switch
    {
        long number => number,
        byte[] bytes when long.TryParse(bytes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Unexpected("a number"),
    };

    public Reply this[int index] => List[index];

    private InvalidDataException Unexpected(string kind) => new($"A script answered {value?.GetType().Name ?? "nothing"} where {kind} was expected.");
}
