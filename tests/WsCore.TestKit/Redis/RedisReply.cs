namespace WsCore.TestKit.Redis;

/// <summary>What Redis answered: a text (simple, bulk or a number), an array, or nothing (both null).</summary>
internal sealed record RedisReply(string? Text, IReadOnlyList<RedisReply>? Items = null)
{
    public bool IsNull => Text is null && Items is null;

    public long Number => long.Parse(Text!, System.Globalization.CultureInfo.InvariantCulture);

    public override string ToString() => Items is null ? Text ?? "(nil)" : $"[{string.Join(", ", Items)}]";
}
