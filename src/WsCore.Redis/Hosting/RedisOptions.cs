using System.ComponentModel.DataAnnotations;

namespace WsCore.Redis.Hosting;

/// <summary>The Redis that makes several nodes one system. Section <c>WsCore:Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>The section within that of the server.</summary>
    public const string Section = "Redis";

    private const string PrefixRule = "Prefix must be 1 to 64 of letters, digits, '.', '_' and '-'.";

    /// <summary>End points and settings as StackExchange.Redis reads them, say <c>redis-1:6379,redis-2:6379,password=…,ssl=true</c>; of several the master is found. Default none: the node stands alone.</summary>
    public string? Connection { get; set; }

    /// <summary>Begins every key and channel, so that applications can share a Redis. Default <c>wscore</c>. 1 to 64 of letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    [Required(ErrorMessage = PrefixRule)]
    [RegularExpression("[A-Za-z0-9._-]{1,64}", ErrorMessage = PrefixRule)]
    public string Prefix { get; set; } = "wscore";

    /// <summary>The secret that nodes sign messages with, the same on all; at least 32 bytes as text. Required outside Development, where the default is a fixed one.</summary>
    public string? HmacKey { get; set; }

    /// <summary>Messages that may wait to be published. Default 10,000. Range 100 to 1,000,000. Over it, broadcasts are <c>unavailable</c> while Redis is there.</summary>
    [Range(100, 1_000_000, ErrorMessage = "QueueSize must be between 100 and 1000000.")]
    public int QueueSize { get; set; } = 10_000;
}
