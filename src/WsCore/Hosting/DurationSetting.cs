namespace WsCore.Hosting;

/// <summary>A setting that is a time, and its range. A test holds <see cref="All"/> against the options' properties.</summary>
internal sealed record DurationSetting(string Name, TimeSpan Least, TimeSpan Most, Func<WsCoreOptions, TimeSpan> Value)
{
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
    ];
}
