using System.Collections.Concurrent;
using StackExchange.Redis;

namespace WsCore.Redis.Link;

/// <summary>Makes a <see cref="Reply"/> of what the client library answers.</summary>
internal static class Replies
{
    // The library does not say which answers are lists before version 2 and says it by other names later on. It has a type for each kind, though: asked once per type.
    private static readonly ConcurrentDictionary<Type, bool> Lists = new();

    /// <exception cref="RedisServerException">It is an error, or has one within.</exception>
    public static Reply From(RedisResult? result)
    {
        if (result is null || result.IsNull)
        {
            return default;
        }

        if (IsList(result))
        {
            return new Reply(Array.ConvertAll((RedisResult[])result!, From));
        }

        var value = (RedisValue)result;
        return new Reply(value.IsNull ? null : value.IsInteger ? (long)value : (byte[]?)value);
    }

    private static bool IsList(RedisResult result)
    {
        var type = result.GetType();
        if (Lists.TryGetValue(type, out var known))
        {
            return known;
        }

        bool list;
        try
        {
            list = (RedisResult[]?)result is not null;
        }
        catch (InvalidCastException)
        {
            list = false;
        }

        return Lists.GetOrAdd(type, list);
    }
}
