using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace WsCore.Hosting;

/// <summary>The defaults that depend on the environment: open in Development, closed elsewhere.</summary>
internal sealed class EnvironmentDefaults(IHostEnvironment environment) : IPostConfigureOptions<WsCoreOptions>
{
    public void PostConfigure(string? name, WsCoreOptions options) => options.Auth.AllowAnonymous ??= environment.IsDevelopment();
}
