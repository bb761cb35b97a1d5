using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using WsCore.Server.Startup;

namespace WsCore.FunctionalTests.Server;

/// <summary>Where the server listens when nobody says; without listening, because that port may be somebody's.</summary>
public sealed class DefaultAddressTests
{
    [Fact]
    public void Nothing_said_is_port_8080() => Assert.Equal("http://*:8080", UrlsOf());

    [Theory]
    [InlineData("--urls=http://127.0.0.1:1", "http://127.0.0.1:1")]
    [InlineData("--urls=", "http://*:8080")]
    [InlineData("--http_ports=1", null)]
    [InlineData("--https_ports=1", null)]
    [InlineData("--Kestrel:Endpoints:A:Url=http://127.0.0.1:1", null)]
    public void Whatever_is_said_is_left_alone(string argument, string? urls) => Assert.Equal(urls, UrlsOf(argument));

    [Theory]
    [InlineData("http://localhost:8080/", "http://*:8080")]
    [InlineData("http://localhost:8080/", "http://[::]:8080")]
    [InlineData("http://localhost:81/", "http://0.0.0.0:81", "http://127.0.0.1:82")]
    [InlineData("https://127.0.0.1:8443/", "http://unix:/run/x.sock", "https://127.0.0.1:8443")]
    [InlineData(null)]
    public void A_browser_is_pointed_to_an_address_that_it_can_open(string? expected, params string[] addresses) =>
        Assert.Equal(expected, ServerAddresses.ForBrowser(addresses));

    private static string? UrlsOf(params string[] args)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
        ServerAddresses.Set(builder);
        return builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey);
    }
}
