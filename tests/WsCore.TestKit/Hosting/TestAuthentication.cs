using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace WsCore.TestKit.Hosting;

/// <summary>Believes the header <c>X-Claims</c>: <c>type=value;type=value</c>, each part percent-encoded.</summary>
internal sealed class TestAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Test";

    public const string Header = "X-Claims";

    public static KeyValuePair<string, string?> HeaderFor(string type, string value) =>
        new(Header, $"{Uri.EscapeDataString(type)}={Uri.EscapeDataString(value)}");

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers[Header] is not [{ } header])
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var claims = header.Split(';').Select(pair => pair.Split('=', 2)).Select(pair => new Claim(Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1])));
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme)));
    }
}
