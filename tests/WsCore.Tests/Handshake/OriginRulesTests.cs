using Microsoft.Extensions.Primitives;
using WsCore.Handshake;

namespace WsCore.Tests.Handshake;

public sealed class OriginRulesTests
{
    [Theory]
    [InlineData("", false, "https://example.org", false)] // an empty list allows no page
    [InlineData("https://example.org", false, "https://example.org", true)]
    [InlineData("https://example.org/", false, "https://example.org", true)]
    [InlineData("https://example.org", false, "HTTPS://EXAMPLE.ORG", true)]
    [InlineData("https://example.org", false, "http://example.org", false)]
    [InlineData("https://example.org", false, "https://example.org:8443", false)]
    [InlineData("https://example.org", false, "https://example.org.evil.example", false)]
    [InlineData("https://example.org", false, "https://sub.example.org", false)]
    [InlineData("https://example.org", false, "null", false)]
    [InlineData("https://example.org", false, "", false)]
    [InlineData("https://a.example https://b.example:1", false, "https://b.example:1", true)]
    [InlineData("*", false, "https://anywhere.example", true)]
    [InlineData("*", false, "null", true)]
    [InlineData("", true, "http://localhost", true)]
    [InlineData("", true, "http://localhost:5173", true)]
    [InlineData("", true, "https://127.0.0.1:8080", true)]
    [InlineData("", true, "http://[::1]:8080", true)]
    [InlineData("", false, "http://localhost", false)]
    [InlineData("", true, "http://localhost.evil.example", false)]
    [InlineData("", true, "http://localhost@evil.example", false)]
    [InlineData("", true, "file://localhost", false)]
    [InlineData("", true, "https://example.org", false)]
    public void Allow_OneOrigin(string allowed, bool localhost, string origin, bool expected) =>
        Assert.Equal(expected, Create(allowed, localhost).Allow(origin));

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("https://example.org")]
    public void Allow_NoOrigin_IsNoPage(string allowed) => Assert.True(Create(allowed, localhost: false).Allow(StringValues.Empty));

    [Fact]
    public void Allow_TwoOrigins_IsRefusedEvenWhereAnyPageMay() =>
        Assert.False(Create("*", localhost: true).Allow(new StringValues(["https://a.example", "https://a.example"])));

    private static OriginRules Create(string allowed, bool localhost) =>
        new(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), localhost);
}
