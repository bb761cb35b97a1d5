using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCore.Backplane;
using WsCore.History;
using WsCore.Hosting;
using WsCore.Redis.Bus;
using WsCore.Redis.History;
using WsCore.Redis.Hosting;
using WsCore.Redis.Once;
using WsCore.Redis.Presence;
using WsCore.TestKit.Hosting;

namespace WsCore.ClusterTests.Hosting;

/// <summary>What <c>AddRedis</c> registers, and which settings it refuses.</summary>
public sealed class AddRedisTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_that_is_shared_is_in_Redis_whatever_is_registered_first(bool wsCoreAgain)
    {
        await using var services = Build(Environments.Development, builder =>
        {
            builder.AddRedis(options => options.Connection = "127.0.0.1:1");
            _ = wsCoreAgain ? builder.Services.AddWsCore() : builder;
        });
        var node = services.GetRequiredService<Node>();

        Assert.IsType<RedisHistoryStore>(node.Stores.History);
        Assert.IsType<RedisDedupeStore>(node.Stores.Dedupe);
        Assert.IsType<RedisPresenceStore>(node.Presence);
        Assert.IsType<RedisBackplane>(node.Stores.Backplane);
        Assert.Contains(services.GetServices<IHostedService>(), service => service is RedisLifetime);
        Assert.NotNull(node.Stores.Backplane.Problem); // it was not started
    }

    [Fact]
    public async Task Without_it_everything_is_in_memory()
    {
        await using var services = Build(Environments.Production, _ => { });

        Assert.IsType<LocalBackplane>(services.GetRequiredService<Node>().Stores.Backplane);
        Assert.IsType<MemoryHistoryStore>(services.GetRequiredService<Node>().Stores.History);
    }

    [Fact]
    public void The_section_is_read_and_what_is_empty_counts_as_not_set()
    {
        var options = new RedisOptions();
        RedisSection.Read(SectionOf(("Connection", "redis:6379"), ("Prefix", " "), ("HmacKey", new string('k', 32)), ("QueueSize", "500")), options);

        Assert.Equal(("redis:6379", "wscore", new string('k', 32), 500), (options.Connection, options.Prefix, options.HmacKey, options.QueueSize));
    }

    [Fact]
    public async Task Wrong_settings_are_told_in_sentences_all_at_once()
    {
        await using var services = Build(Environments.Production, builder => builder.AddRedis(SectionOf(("Connection", "redis,user=me"), ("Prefix", "a b"), ("QueueSize", "5"))));

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<RedisOptions>>().Value);
        Assert.Equal(4, failure.Failures.Count());
        Assert.Contains("Redis:Prefix must be 1 to 64 of letters, digits, '.', '_' and '-'.", failure.Failures);
        Assert.Contains("Redis:QueueSize must be between 100 and 1000000.", failure.Failures);
        Assert.Contains(failure.Failures, sentence => sentence.StartsWith("Redis:Connection: The connection to Redis says 'user'", StringComparison.Ordinal));
        Assert.Contains(failure.Failures, sentence => sentence.StartsWith("Redis:HmacKey must be given outside Development", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Production", null, false)]
    [InlineData("Development", null, true)]
    [InlineData("Development", "0123456789012345678901234567890", false)]
    [InlineData("Production", "01234567890123456789012345678901", true)]
    [InlineData("Production", "éééééééééééééééé", true)] // bytes count
    public void The_secret_must_be_given_outside_Development_and_be_long_enough(string environment, string? key, bool isGood) =>
        Assert.Equal(isGood, new RedisOptionsRules(new TestHostEnvironment(environment)).Validate(null, new RedisOptions { Connection = "redis", HmacKey = key }).Succeeded);

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void There_must_be_a_prefix(string? prefix)
    {
        var result = new RedisOptionsRules(new TestHostEnvironment(Environments.Development)).Validate(null, new RedisOptions { Connection = "redis", Prefix = prefix! });

        Assert.Equal(["Redis:Prefix must be 1 to 64 of letters, digits, '.', '_' and '-'."], result.Failures ?? []);
    }

    [Fact]
    public async Task A_number_that_is_none_is_told()
    {
        await using var services = Build(Environments.Development, builder => builder.AddRedis(SectionOf(("Connection", "redis"), ("QueueSize", "many"))));

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<RedisOptions>>().Value);
        Assert.Equal(["Redis:QueueSize must be a whole number in its range, not 'many'."], failure.Failures);
    }

    private static IConfiguration SectionOf(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build();

    private static ServiceProvider Build(string environment, Action<WsCoreBuilder> build)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IHostEnvironment>(new TestHostEnvironment(environment));
        build(services.AddWsCore());
        return services.BuildServiceProvider();
    }
}
