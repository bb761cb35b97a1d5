using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsCore.History;
using WsCore.Hosting;
using WsCore.Namespaces;
using WsCore.Redis.Hosting;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.EndToEnd;

/// <summary>An application that hosts a node, with users: it believes a header.</summary>
internal sealed class ClusterApplication : IAsyncDisposable
{
    public const string UserHeader = "X-User";

    private readonly WebApplication _application;

    private ClusterApplication(WebApplication application) => _application = application;

    public IWsCore WsCore => _application.Services.GetRequiredService<IWsCore>();

    /// <summary>A node that Redis and its readiness know.</summary>
    public static async Task<ClusterApplication> StartAsync(RedisServer redis, string name)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddWsCore(options =>
        {
            options.Node = name;
            options.Auth.AllowAnonymous = true;
            options.Presence.Grace = TimeSpan.FromSeconds(4);
            options.Drain.Timeout = TimeSpan.FromSeconds(2);
            options.Namespaces["hall"] = new NamespaceOptions { Presence = true };
            options.Namespaces["kept"] = new NamespaceOptions { History = new RoomHistoryOptions { Size = 10 } };
        }).AddRedis(options => (options.Connection, options.HmacKey) = (redis.ConnectionString, "a secret of the tests, 32 bytes or more"));
        var application = builder.Build();
        application.Use((context, next) =>
        {
            if (context.Request.Headers[UserHeader] is [{ } user])
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "tests"));
            }

            return next(context);
        });
        application.MapWsCore("/ws");
        await application.StartAsync().WithTimeout();
        var started = new ClusterApplication(application);
        await Eventually.Is(() => application.Services.GetRequiredService<Node>().Stores.Backplane.Problem is null, "the node reaches Redis");
        return started;
    }

    public Task<ClusterClient> ConnectAsync(string? user, params string[] rooms) =>
        ClusterClient.ConnectAsync(new Uri($"ws://{new Uri(_application.Urls.First()).Authority}/ws"), user, rooms);

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().WithTimeout();
        await _application.DisposeAsync().AsTask().WithTimeout();
    }
}
