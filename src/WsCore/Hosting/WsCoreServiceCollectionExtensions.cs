using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCore.Access;
using WsCore.Backplane;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Diagnostics;
using WsCore.Dispatch;
using WsCore.Handshake;
using WsCore.History;
using WsCore.Presence;
using WsCore.Reliability;

namespace WsCore.Hosting;

/// <summary>Adds the server to an application's services.</summary>
public static class WsCoreServiceCollectionExtensions
{
    /// <summary>Adds the server; <c>MapWsCore</c> gives it an address.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets options; checked when the application starts.</param>
    public static WsCoreBuilder AddWsCore(this IServiceCollection services, Action<WsCoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<WsCoreOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<WsCoreOptions>, EnvironmentDefaults>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<HostOptions>, HostPatience>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WsCoreOptions>, WsCoreOptionsRanges>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WsCoreOptions>, WsCoreOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LaneScheduler, PoolScheduler>();
        services.TryAddSingleton(static _ => NodeId.New());
        services.TryAddSingleton(static provider =>
        {
            var node = new Node(
                provider.GetRequiredService<IOptions<WsCoreOptions>>().Value,
                provider.GetRequiredService<LaneScheduler>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<NodeStores>(),
                provider.GetRequiredService<NodeId>());
            node.Stores.Backplane.Start(node.Sink);
            return node;
        });
        AddStores(services);
        services.TryAddSingleton(static provider =>
        {
            var metrics = new WsCoreMetrics(provider.GetRequiredService<IMeterFactory>());
            NodeGauges.Register(metrics, provider.GetRequiredService<Node>());
            return metrics;
        });
        services.TryAddSingleton(static provider => PayloadLimit.For(provider.GetRequiredService<Node>().Options.Outbox.MaxBytes));
        services.TryAddSingleton<HookRunner>();
        services.TryAddSingleton<GivenUpMessages>();
        AddDispatch(services);
        AddHandshake(services);
        services.TryAddSingleton<IWsCore, NodeOperations>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NodeLifetime>());
        return new WsCoreBuilder(services);
    }

    /// <summary>Adds the server with options from a section of the configuration, checked when the application starts.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">Usually <c>configuration.GetSection(WsCoreOptions.Section)</c>. Times are written <c>00:00:25</c> or <c>25s</c>
    /// (units: ms, s, m, h).</param>
    public static WsCoreBuilder AddWsCore(this IServiceCollection services, IConfiguration section) =>
        services.AddWsCore(options => OptionsSection.Read(section, options));

    // Another package may have added its own before.
    private static void AddStores(IServiceCollection services)
    {
        services.TryAddSingleton<IHistoryStore>(static provider => new MemoryHistoryStore(
            provider.GetRequiredService<IOptions<WsCoreOptions>>().Value.History, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IDedupeStore>(static provider => new MemoryDedupeStore(
            provider.GetRequiredService<IOptions<WsCoreOptions>>().Value.Dedupe, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IPresenceStoreFactory, MemoryPresenceStoreFactory>();
        services.TryAddSingleton<IBackplane, LocalBackplane>();
        services.TryAddSingleton<NodeStores>();
    }

    private static void AddDispatch(IServiceCollection services)
    {
        services.TryAddSingleton<Replies>();
        services.TryAddSingleton(static provider =>
        {
            var node = provider.GetRequiredService<Node>();
            return new Appender(node.Rooms, node.Lanes, node.Stores.History, node.Time);
        });
        services.TryAddSingleton(static provider =>
        {
            var node = provider.GetRequiredService<Node>();
            var hooks = provider.GetRequiredService<HookRunner>();
            var replies = provider.GetRequiredService<Replies>();
            var appender = provider.GetRequiredService<Appender>();
            var pages = MemberPages.For(node.Options.Outbox.MaxBytes);
            var metrics = provider.GetRequiredService<WsCoreMetrics>();
            var step = CatchUp.StepFor(node.Options.Outbox.MaxBytes);
            return new Commands(
                new JoinCommand(new RoomEntrance(node.Rooms, new ReplaySource(node.Stores.History, step, metrics, node.Time), node.Attendance, node.Options.Limits), hooks, replies, pages),
                new LeaveCommand(node.Rooms, replies),
                new BroadcastCommand(node.Rooms, node.Lanes, appender, hooks, replies),
                new SendCommand(node.Rooms, node.Lanes, appender, hooks, replies),
                new MembersCommand(node.Rooms, node.Presence, replies, pages),
                new StateCommand(node.Rooms, node.Attendance, replies),
                new OnlineCommand(node.Rooms, node.Presence, replies),
                new CallCommand(hooks, replies),
                new HistoryCommand(node.Rooms, node.Stores.History, replies, step),
                new OnceGuard(node.Stores.Dedupe, replies, metrics),
                new PingCommand(node.Time));
        });
        services.TryAddSingleton(static provider => provider.GetRequiredService<Node>().Options.Limits);
        services.TryAddSingleton<Dispatcher>();
        services.TryAddSingleton<ConnectionHost>();
    }

    private static void AddHandshake(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new OriginRules(
            provider.GetRequiredService<Node>().Options.Origins,
            localhost: provider.GetRequiredService<IHostEnvironment>().IsDevelopment()));
        services.TryAddSingleton<HandshakeRules>();
        services.TryAddSingleton<Admission>();
        services.TryAddSingleton<HandshakeEndpoint>();
    }
}
