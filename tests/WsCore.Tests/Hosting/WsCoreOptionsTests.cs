using Microsoft.Extensions.Options;
using WsCore.Hosting;
using WsCore.Namespaces;

namespace WsCore.Tests.Hosting;

/// <summary>What may be set; each setting that is wrong is named.</summary>
public sealed class WsCoreOptionsTests
{
    public static TheoryData<string, Action<WsCoreOptions>> Bad => new()
    {
        { "Path", options => options.Path = "ws" },
        { "Path", options => options.Path = "" },
        { "Node", options => options.Node = "" },
        { "Node", options => options.Node = new string('n', 65) },
        { "MaxMessageBytes", options => options.Limits.MaxMessageBytes = 1023 },
        { "MaxMessageBytes", options => options.Limits.MaxMessageBytes = (16 * 1024 * 1024) + 1 },
        { "MaxFragments", options => options.Limits.MaxFragments = 0 },
        { "MaxJsonDepth", options => options.Limits.MaxJsonDepth = 3 },
        { "MaxRoomsPerConnection", options => options.Limits.MaxRoomsPerConnection = 0 },
        { "MaxConnections", options => options.Limits.MaxConnections = -1 },
        { "Limits:MessageTimeout", options => options.Limits.MessageTimeout = TimeSpan.Zero },
        { "Limits:CloseTimeout", options => options.Limits.CloseTimeout = TimeSpan.FromSeconds(61) },
        { "MaxBytes", options => options.Outbox.MaxBytes = 65_535 },
        { "Outbox:MaxBytes", options => options.Outbox.MaxBytes = (8 * options.Limits.MaxMessageBytes) - 1 },
        { "Outbox:BurstBytes", options => options.Outbox.BurstBytes = options.Outbox.MaxBytes - 1 },
        { "Outbox:StallTimeout", options => options.Outbox.StallTimeout = TimeSpan.FromMilliseconds(999) },
        { "Heartbeat:Interval", options => options.Heartbeat.Interval = TimeSpan.FromHours(2) },
        { "Heartbeat:Timeout", options => options.Heartbeat.Timeout = TimeSpan.FromSeconds(-1) },
        { "Count", options => options.Lanes.Count = 65 },
        { "InboxItems", options => options.Lanes.InboxItems = 15 },
        { "InboxBytes", options => options.Lanes.InboxBytes = 1 },
        { "Origins: 'example.org'", options => options.Origins = ["example.org"] },
        { "Origins: 'https://example.org/path'", options => options.Origins = ["*", "https://example.org/path"] },
        { "Origins: 'ftp://example.org'", options => options.Origins = ["ftp://example.org"] },
        { "Origins: 'https://u@example.org'", options => options.Origins = ["https://u@example.org"] },
        { "Origins: 'null'", options => options.Origins = ["null"] },
        { "Namespaces:a b", options => options.Namespaces["a b"] = new() },
        { "Namespaces:", options => options.Namespaces[""] = new() },
        { "Namespaces:a:b", options => options.Namespaces["a:b"] = new() },
        { "Namespaces:chat:Publish", options => options.Namespaces["chat"] = new() { Publish = (PublishRule)7 } },
        { "Namespaces:chat:MaxMembers", options => options.Namespaces["chat"] = new() { MaxMembers = -1 } },
        { "Namespaces:chat:MaxMembers", options => options.Namespaces["chat"] = new() { MaxMembers = 10_000_001 } },
        { "Namespaces:chat:History:Size", options => options.Namespaces["chat"] = new() { History = { Size = 100_001 } } },
        { "Namespaces:chat:History:Ttl", options => options.Namespaces["chat"] = new() { History = { Ttl = TimeSpan.Zero } } },
        { "Namespaces:chat:History:MaxBytes", options => options.Namespaces["chat"] = new() { History = { MaxBytes = 65_535 } } },
        { "Namespaces:chat:Conflate", options => options.Namespaces["chat"] = new() { Conflate = TimeSpan.FromMilliseconds(9) } },
        { "Namespaces:chat:Conflate and", options => options.Namespaces["chat"] = new() { Conflate = TimeSpan.FromSeconds(1), History = { Size = 1 } } },
        { "Namespaces:chat:Conflate and", options => options.Namespaces["chat"] = new() { Conflate = TimeSpan.FromSeconds(1), Reliable = true } },
        { "Limits:ByteBurst", options => options.Limits.ByteBurst = options.Limits.MaxMessageBytes - 1 },
        { "Limits:PerUser:ByteBurst", options => options.Limits.PerUser.ByteBurst = 1 },
        { "MessagesPerSecond", options => options.Limits.PerAddress.MessagesPerSecond = -1 },
        { "MessageBurst", options => options.Limits.MessageBurst = 0 },
        { "ViolationsBeforeClose", options => options.Limits.ViolationsBeforeClose = -1 },
        { "MaxBytes", options => options.History.MaxBytes = 0 },
        { "Dedupe:Window", options => options.Dedupe.Window = TimeSpan.Zero },
        { "MaxEntries", options => options.Dedupe.MaxEntries = 0 },
        { "MaxBytes", options => options.Dedupe.MaxBytes = 0 },
        { "Reliable:RetryDelays must", options => options.Reliable.RetryDelays = [] },
        { "Reliable:RetryDelays:1", options => options.Reliable.RetryDelays = [TimeSpan.FromSeconds(1), TimeSpan.Zero] },
        { "MaxPending", options => options.Reliable.MaxPending = 0 },
        { "MaxPendingBytes", options => options.Reliable.MaxPendingBytes = 0 },
        { "Presence:Grace", options => options.Presence.Grace = TimeSpan.FromSeconds(-1) },
        { "ClosesPerSecond", options => options.Drain.ClosesPerSecond = 0 },
        { "Drain:Timeout", options => options.Drain.Timeout = TimeSpan.Zero },
    };

    public static TheoryData<Action<WsCoreOptions>> Good =>
    [
        _ => { },
        options => options.Node = "n",
        options => options.Limits.MaxMessageBytes = 128 * 1024,
        options => options.Outbox.StallTimeout = TimeSpan.FromMinutes(10),
        options => options.Heartbeat.Interval = TimeSpan.FromSeconds(1),
        options => options.Lanes.Count = 64,
        options => options.Origins = ["*", "https://example.org", "http://localhost:5173/"],
        options => options.Namespaces["Chat-1"] = new() { MaxMembers = 10_000_000 },
        options => options.Namespaces["default"] = new(),
        options => options.Namespaces["chat"] = new() { History = { Size = 100_000, Ttl = TimeSpan.FromDays(30) }, Reliable = true, Presence = true },
        options => options.Namespaces["cursors"] = new() { Conflate = TimeSpan.FromMilliseconds(50) },
        options => options.Reliable.RetryDelays = [TimeSpan.FromMinutes(10)],
        options => options.Namespaces["user"] = new(),
    ];

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_BadSetting_IsNamed(string named, Action<WsCoreOptions> set)
    {
        var failures = Validate(set);

        Assert.Contains(failures, failure => failure.Contains(named, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void Validate_GoodSetting_Passes(Action<WsCoreOptions> set) => Assert.Empty(Validate(set));

    [Fact]
    public void Validate_SeveralBadSettings_AllAreNamed()
    {
        var failures = Validate(options =>
        {
            options.Heartbeat.Interval = TimeSpan.Zero;
            options.Limits.CloseTimeout = TimeSpan.Zero;
            options.Origins = ["x", "y"];
        });

        Assert.Equal(4, failures.Count);
    }

    private static List<string> Validate(Action<WsCoreOptions> set)
    {
        var options = new WsCoreOptions();
        set(options);
        IValidateOptions<WsCoreOptions>[] validators = [new WsCoreOptionsValidator(), new WsCoreOptionsRules()];
        return [.. validators.SelectMany(validator => validator.Validate(null, options).Failures ?? [])];
    }
}
