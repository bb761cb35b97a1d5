using Microsoft.Extensions.Options;
using WsCore.Hosting;

namespace WsCore.Server.Startup;

/// <summary>Outside Development nobody is let in unless somebody decided that everybody is.</summary>
internal sealed class AnonymousRule(IHostEnvironment environment) : IValidateOptions<WsCoreOptions>
{
    public ValidateOptionsResult Validate(string? name, WsCoreOptions options) =>
        environment.IsDevelopment() || options.Auth.AllowAnonymous == true
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                "Auth:AllowAnonymous must be set to true outside Development (environment variable WSCORE__AUTH__ALLOWANONYMOUS=true): "
                + "this server cannot authenticate anybody yet, and it lets everybody in only when told to.");
}
