using System.Net;
using StackExchange.Redis;

namespace WsCore.Redis.Link;

/// <summary>The connection string, read: each end point with the settings that the link needs.</summary>
/// <remarks>Immutable. No text of it has the password in it.</remarks>
internal sealed class ConnectionText
{
    // What StackExchange.Redis 1.2.6 does not know. Refused by name, for it would say less of the reason, or nothing.
    private static readonly (string Key, string Sentence)[] Unsupported =
    [
        ("serviceName", "Sentinel's service names are not supported: name all end points of the master and its replicas instead, and the master among them is found."),
        ("user", "users (ACL) are not supported: use a password alone (requirepass), which is that of the user 'default'."),
        ("sentinelUser", "Sentinel is not asked: name all end points of the master and its replicas instead."),
        ("sentinelPassword", "Sentinel is not asked: name all end points of the master and its replicas instead."),
        ("tunnel", "tunnels are not supported: name end points that can be reached directly."),
        ("proxy", "proxies are not supported, because scripts must know which server they run on: name the end points of Redis itself."),
    ];

    private readonly ConfigurationOptions _options;

    private ConnectionText(ConfigurationOptions options, EndPoint[] endPoints) => (_options, EndPoints) = (options, endPoints);

    /// <summary>As the configuration has them, with the default port where it names none; at least one.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; }

    /// <exception cref="FormatException">It cannot be used; the message is a sentence that says what to do.</exception>
    public static ConnectionText Parse(string text)
    {
        foreach (var (name, value) in Settings(text))
        {
            if (Array.Find(Unsupported, entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Key: not null } refused)
            {
                throw new FormatException($"The connection to Redis says '{refused.Key}', but {refused.Sentence}");
            }

            if (name.Equals("protocol", StringComparison.OrdinalIgnoreCase) && value is not ("2" or "resp2"))
            {
                throw new FormatException("The connection to Redis says 'protocol', but only RESP 2 is supported: leave 'protocol' out.");
            }
        }

        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(text.Length == 0 ? "," : WithoutProtocol(text));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            // Not the library's message: it may repeat what follows the '=', say of a password.
            throw new FormatException("The connection to Redis cannot be read: write it as host:port,host:port,setting=value with the settings of StackExchange.Redis.");
        }

        // What it does not understand it leaves out without a word: IPv6 in brackets, say.
        var named = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(part => !part.Contains('=', StringComparison.Ordinal)).ToList();
        if (named.Count == 0)
        {
            throw new FormatException("The connection to Redis names no end point: write it as host:port.");
        }

        if (options.EndPoints.Count != named.Count)
        {
            throw new FormatException("The connection to Redis has an end point that cannot be read, or twice the same: write each as host:port with a name or an IPv4 address, once.");
        }

        options.SetDefaultPorts();
        options.AbortOnConnectFail = false; // else the attempt throws before it has closed what it opened
        options.ConnectRetry = 1;
        options.ConnectTimeout = (int)RedisSession.CallTimeout.TotalMilliseconds;
        options.SyncTimeout = (int)RedisSession.CallTimeout.TotalMilliseconds;
        options.TieBreaker = ""; // who is master is asked, not voted on by a key outside of the prefix
        options.ConfigurationChannel = "";
        options.ChannelPrefix = default; // RedisKeys has every channel
        return new ConnectionText(options, [.. options.EndPoints]);
    }

    /// <summary>Of one of the end points: each is looked at by itself, for the library may run a script on any of several.</summary>
    public ConfigurationOptions For(EndPoint endPoint)
    {
        var options = _options.Clone();
        options.EndPoints.Clear();
        options.EndPoints.Add(endPoint);
        return options;
    }

    /// <summary><c>host:port</c>.</summary>
    public static string Name(EndPoint endPoint) => endPoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endPoint.ToString() ?? "";

    public override string ToString() => string.Join(',', EndPoints.Select(Name));

    private static IEnumerable<(string Name, string Value)> Settings(string text)
    {
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
            {
                yield return (part[..at].Trim(), part[(at + 1)..].Trim());
            }
        }
    }

    private static string WithoutProtocol(string text) =>
        string.Join(',', text.Split(',').Where(part => !part.TrimStart().StartsWith("protocol", StringComparison.OrdinalIgnoreCase)));
}
