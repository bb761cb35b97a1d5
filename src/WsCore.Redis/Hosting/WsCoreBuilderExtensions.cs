using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCore.Backplane;
using WsCore.History;
using WsCore.Hosting;
using WsCore.Presence;
using WsCore.Redis.Bus;
using WsCore.Redis.History;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Redis.Nodes;
using WsCore.Redis.Once;
using WsCore.Redis.Presence;
using WsCore.Reliability;

namespace WsCore.Redis.Hosting;

/// <summary>Makes several nodes one system.</summary>
public static class WsCoreBuilderExtensions
{
    /// <summary>Joins this node to all others that have the same Redis, prefix and secret: rooms, history, presence and repeated requests are theirs together. Redis need not
    /// be there when the application starts.</summary>
    /// <param name="builder">What <c>AddWsCore</c> returned.</param>
    /// <param name="configure">Sets options; checked when the application starts.</param>
    public static WsCoreBuilder AddRedis(this WsCoreBuilder builder, Action<RedisOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<RedisOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisOptions>, RedisOptionsRules>());
        services.TryAddSingleton(static provider => new RedisLink(
            provider.GetRequiredService<IOptions<RedisOptions>>().Value,
            provider.GetRequiredService<NodeId>().Text,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ILogger<RedisLink>>()));
        services.TryAddSingleton<IRedisLink>(static provider => provider.GetRequiredService<RedisLink>());
        services.TryAddSingleton(static provider => provider.GetRequiredService<RedisLink>().Keys);
        services.TryAddSingleton(static provider => provider.GetRequiredService<RedisLink>().Codec);
        services.TryAddSingleton<NodeCalls>();
        services.Replace(ServiceDescriptor.Singleton<IBackplane>(static provider => new RedisBackplane(
            provider.GetRequiredService<IRedisLink>(),
            provider.GetRequiredService<BusCodec>(),
            provider.GetRequiredService<RedisKeys>(),
            provider.GetRequiredService<NodeCalls>(),
            provider.GetRequiredService<NodeDirectory>().ListAsync)));
        AddStores(services);
        AddPresence(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RedisLifetime>());
        return builder;
    }

    /// <summary>The same with options from a section of the configuration.</summary>
    /// <param name="builder">What <c>AddWsCore</c> returned.</param>
    /// <param name="section">Usually <c>configuration.GetSection("WsCore:Redis")</c>.</param>
    public static WsCoreBuilder AddRedis(this WsCoreBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return builder.AddRedis(options => RedisSection.Read(section, options));
    }

    // What is of one node alone is registered by AddWsCore, before or after: it is replaced, or finds its place taken.
    private static void AddStores(IServiceCollection services)
    {
        services.TryAddSingleton<HistoryMetrics>();
        services.TryAddSingleton(static provider => new HistoryScripts(
            provider.GetRequiredService<IRedisLink>(),
            provider.GetRequiredService<RedisKeys>(),
            provider.GetRequiredService<BusCodec>(),
            new HistorySettings(provider.GetRequiredService<NodeId>().Text, provider.GetRequiredService<IOptions<WsCoreOptions>>().Value.Dedupe.Window),
            provider.GetRequiredService<HistoryMetrics>()));
        services.TryAddSingleton<RedisHistoryStore>();
        services.Replace(ServiceDescriptor.Singleton<IHistoryStore>(static provider => provider.GetRequiredService<RedisHistoryStore>()));
        services.Replace(ServiceDescriptor.Singleton<IDedupeStore>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<WsCoreOptions>>().Value;
            var records = new OnceRecords(
                provider.GetRequiredService<IRedisLink>(), provider.GetRequiredService<RedisKeys>(), provider.GetRequiredService<NodeId>().Text, options.Presence.Lease);
            return new RedisDedupeStore(records, options.Dedupe, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisDedupeStore>>());
        }));
    }

    private static void AddPresence(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new NodeDirectory(
            provider.GetRequiredService<IRedisLink>(),
            provider.GetRequiredService<RedisKeys>(),
            provider.GetRequiredService<NodeId>().Text,
            provider.GetRequiredService<IOptions<WsCoreOptions>>().Value.Presence.Lease,
            () => provider.GetRequiredService<Node>().Sink.Describe(), // the node is made of the stores, and there when the first beat comes
            provider.GetRequiredService<ILogger<NodeDirectory>>()));
        services.Replace(ServiceDescriptor.Singleton<IPresenceStoreFactory>(static provider => new RedisPresenceStoreFactory(
            new RedisPresenceParts(
                provider.GetRequiredService<IRedisLink>(),
                provider.GetRequiredService<RedisKeys>(),
                provider.GetRequiredService<BusCodec>(),
                provider.GetRequiredService<NodeDirectory>(),
                provider.GetRequiredService<IOptions<WsCoreOptions>>().Value.Presence,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<RedisPresenceStore>>()),
            provider.GetRequiredService<IMeterFactory>())));
    }
}
