using System.Text.RegularExpressions;

namespace WsCore.Hosting;

/// <summary>A setting that is a time, and its range. A test holds <see cref="All"/> against the options' properties.</summary>
internal sealed partial record DurationSetting(string Name, TimeSpan Least, TimeSpan Most, Func<WsCoreOptions, TimeSpan> Value)
{
    /// <summary>Range of an entry of <c>Reliable:RetryDelays</c>.</summary>
    public static readonly (TimeSpan Least, TimeSpan Most) RetryDelay = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));

    /// <summary>Range of <c>Namespaces:&lt;name&gt;:History:Ttl</c>.</summary>
    public static readonly (TimeSpan Least, TimeSpan Most) HistoryTtl = (TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));

    /// <summary>Range of <c>Namespaces:&lt;name&gt;:Conflate</c>, where it is not zero.</summary>
    public static readonly (TimeSpan Least, TimeSpan Most) Conflate = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static IReadOnlyList<DurationSetting> All { get; } =
    [
        new("Outbox:StallTimeout", Second, 10 * Minute, options => options.Outbox.StallTimeout),
        new("Heartbeat:Interval", Second, Hour, options => options.Heartbeat.Interval),
        new("Heartbeat:Timeout", Second, Hour, options => options.Heartbeat.Timeout),
        new("Limits:MessageTimeout", Second, Hour, options => options.Limits.MessageTimeout),
        new("Limits:CloseTimeout", Second, Minute, options => options.Limits.CloseTimeout),
        new("Dedupe:Window", Second, 24 * Hour, options => options.Dedupe.Window),
        new("Presence:Grace", TimeSpan.Zero, 5 * Minute, options => options.Presence.Grace),
        new("Presence:Lease", 3 * Second, 5 * Minute, options => options.Presence.Lease),
        new("Drain:Timeout", Second, Hour, options => options.Drain.Timeout),
    ];

    /// <summary>The name of a setting as the documents spell it, if it is a time, those whose names vary included; else null.</summary>
    public static string? Spelling(string name) =>
        All.FirstOrDefault(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name ?? (Varying().IsMatch(name) ? name : null);

    [GeneratedRegex("^(Namespaces:[^:]*:(History:Ttl|Conflate)|Reliable:RetryDelays:[^:]*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Varying();
}
