using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCore.Hosting;
using WsCore.Namespaces;

namespace WsCore.Tests.Hosting;

/// <summary>What <c>AddWsCore(configuration)</c> makes of settings: the options, or a sentence for each that is wrong.</summary>
public sealed class OptionsSectionTests
{
    [Fact]
    public void Read_Nothing_LeavesTheDefaults()
    {
        var options = Read([]);

        Assert.Equal("/ws", options.Path);
        Assert.Equal(TimeSpan.FromSeconds(25), options.Heartbeat.Interval);
        Assert.Equal(65_536, options.Limits.MaxMessageBytes);
    }

    [Fact]
    public void Read_NamesAsEnvironmentVariablesSpellThem_AreFound()
    {
        var options = Read(new()
        {
            ["PATH"] = "/live",
            ["AUTH:ALLOWANONYMOUS"] = "True",
            ["HEARTBEAT:INTERVAL"] = "500ms",
            ["OUTBOX:STALLTIMEOUT"] = "00:00:07",
            ["LIMITS:MAXMESSAGEBYTES"] = "2048",
            ["LANES:INBOXBYTES"] = "70000",
            ["ORIGINS:0"] = "https://a.example",
            ["ORIGINS:1"] = "https://b.example",
            ["NAMESPACES:CHAT:PUBLISH"] = "server",
        });

        Assert.Equal("/live", options.Path);
        Assert.True(options.Auth.AllowAnonymous);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Heartbeat.Interval);
        Assert.Equal(TimeSpan.FromSeconds(7), options.Outbox.StallTimeout);
        Assert.Equal(2048, options.Limits.MaxMessageBytes);
        Assert.Equal(70_000, options.Lanes.InboxBytes);
        Assert.Equal(["https://a.example", "https://b.example"], options.Origins);
        Assert.Equal(PublishRule.Server, options.Namespaces["chat"].Publish);
    }

    [Fact]
    public void Read_EmptyTime_CountsAsNotSet() =>
        Assert.Equal(TimeSpan.FromSeconds(10), Read(new() { ["Heartbeat:Timeout"] = "" }).Heartbeat.Timeout);

    [Fact]
    public void Read_TimesWhoseNamesVary_AreTimes()
    {
        var options = Read(new()
        {
            ["Namespaces:chat:History:Ttl"] = "30m",
            ["NAMESPACES:CURSORS:CONFLATE"] = "50ms",
            ["Reliable:RetryDelays:0"] = "1s",
            ["Reliable:RetryDelays:1"] = "2s",
        });

        Assert.Equal(TimeSpan.FromMinutes(30), options.Namespaces["chat"].History.Ttl);
        Assert.Equal(TimeSpan.FromMilliseconds(50), options.Namespaces["cursors"].Conflate);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], options.Reliable.RetryDelays);
    }

    [Theory]
    [InlineData("Namespaces:chat:History:Ttl")]
    [InlineData("Namespaces:chat:Conflate")]
    [InlineData("Reliable:RetryDelays:0")]
    public void Read_BareNumberForATimeWhoseNameVaries_IsTold(string name)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Read(new() { [name] = "25" }));

        Assert.StartsWith(name, Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralUnreadable_TellsEach()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Read(new()
        {
            ["heartbeat:interval"] = "25",
            ["auth:allowanonymous"] = "yes",
            ["limits:maxmessagebytes"] = "many",
            ["lanes:inboxbytes"] = "1e6",
            ["limits:maxfragments"] = "99999999999",
            ["namespaces:chat:publish"] = "all",
            ["namespaces:chat:presence"] = "it's 'at' to type 'x'",
        }));

        Assert.Equal(
            [
                "Auth:AllowAnonymous must be true or false, not 'yes'.",
                "Heartbeat:Interval must be written like 00:00:25, or 25s (also 500ms, 5m, 1h), not '25'.",
                "Lanes:InboxBytes must be a whole number in its range, not '1e6'.",
                "Limits:MaxFragments must be a whole number in its range, not '99999999999'.",
                "Limits:MaxMessageBytes must be a whole number in its range, not 'many'.",
                "Namespaces:chat:Presence must be true or false, not 'it's 'at' to type 'x''.",
                "Namespaces:chat:Publish must be members, anyone or server, not 'all'.",
            ],
            refused.Failures.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_DoesNotTouchTheConfiguration()
    {
        var section = Section(new() { ["Heartbeat:Interval"] = "25s" });

        OptionsSection.Read(section, new WsCoreOptions());

        Assert.Equal("25s", section["Heartbeat:Interval"]);
    }

    [Fact]
    public void AddWsCore_OutOfRange_TellsSettingsByTheirNames()
    {
        var refused = Refuse(new()
        {
            ["Path"] = "ws",
            ["Node"] = new string('n', 65),
            ["Limits:MaxMessageBytes"] = "5",
            ["Lanes:Count"] = "65",
            ["Heartbeat:Interval"] = "2h",
            ["Namespaces:chat:MaxMembers"] = "10000001",
            ["Origins:0"] = "https://example.org/page",
        });

        Assert.Equal(
            [
                "Heartbeat:Interval must be from 00:00:01 to 01:00:00, not 02:00:00.",
                "Lanes:Count must be between 0 and 64.",
                "Limits:MaxMessageBytes must be between 1024 and 16777216.",
                "Namespaces:chat:MaxMembers must be from 0 (unlimited) to 10000000, not 10000001.",
                "Node must be 1 to 64 characters.",
                "Origins: 'https://example.org/page' must be an origin such as https://example.org, without a path or a default port, or *.",
                "Path must begin with a slash.",
            ],
            refused.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void DurationSettings_AreAllTimesOfTheOptions() =>
        Assert.Equal(
            TimesOf(typeof(WsCoreOptions), "").Order(StringComparer.Ordinal),
            DurationSetting.All.Select(setting => setting.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void DurationSettings_ReadTheirOwnProperty()
    {
        foreach (var setting in DurationSetting.All)
        {
            Assert.Equal(TimeSpan.FromSeconds(17), setting.Value(Read(new() { [setting.Name] = "17s" })));
        }
    }

    private static IEnumerable<string> TimesOf(Type type, string prefix) =>
        type.GetProperties().SelectMany(property =>
            property.PropertyType == typeof(TimeSpan) ? [prefix + property.Name]
            : property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal) ? TimesOf(property.PropertyType, prefix + property.Name + ":")
            : Enumerable.Empty<string>());

    private static IEnumerable<string> Refuse(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddWsCore(Section(settings));
        using var host = builder.Build();
        return Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<WsCoreOptions>>().Value).Failures;
    }

    private static WsCoreOptions Read(Dictionary<string, string?> settings)
    {
        var options = new WsCoreOptions();
        OptionsSection.Read(Section(settings), options);
        return options;
    }

    private static IConfigurationSection Section(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("WsCore:" + setting.Key, setting.Value)))
            .Build()
            .GetSection("WsCore");
}
