using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using WsCore.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.LoadTests.Tests.Functional;

/// <summary>An application that believes the header <c>X-User</c>.</summary>
internal sealed class UserApplication : IAsyncDisposable
{
    private readonly WebApplication _application;

    private UserApplication(WebApplication application) => _application = application;

    /// <summary>Of its WebSocket end point.</summary>
    public Uri Address => new($"ws://{new Uri(_application.Urls.First()).Authority}/ws");

    public static async Task<UserApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddWsCore(options => options.Auth.AllowAnonymous = true);
        var application = builder.Build();
        application.Use((context, next) =>
        {
            if (context.Request.Headers["X-User"] is [{ } user])
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "header"));
            }

            return next(context);
        });
        application.MapWsCore();
        await application.StartAsync().WithTimeout();
        return new UserApplication(application);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().WithTimeout();
        await _application.DisposeAsync().WithTimeout();
    }
}
