using System.Security.Claims;
using WsCore.Handshake;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Handshake;

public sealed class AdmissionTests
{
    [Theory]
    [InlineData("u", true, false, null)]
    [InlineData("u", true, true, null)]
    [InlineData(null, false, true, null)]
    [InlineData(null, true, true, null)] // authenticated, without a name that can be a user: anonymous
    [InlineData(null, false, false, 401)]
    [InlineData(null, true, false, 403)]
    public void Check(string? user, bool authenticated, bool allowAnonymous, int? status)
    {
        using var node = new TestNode(options => options.Auth.AllowAnonymous = allowAnonymous);
        var admission = new Admission(node.Node);

        Assert.Equal(status, admission.Check(user, authenticated)?.Status);

        node.Node.Stop();
        Assert.Equal(503, admission.Check(user, authenticated)?.Status);
    }

    [Theory]
    [InlineData("sub", "u1", true, "u1")]
    [InlineData(ClaimTypes.NameIdentifier, "u1", true, "u1")]
    [InlineData("sub", "u1", false, null)]
    [InlineData("name", "u1", true, null)]
    [InlineData("sub", "", true, null)]
    [InlineData("sub", "with\ncontrol", true, null)]
    [InlineData("sub", "a:b ü", true, "a:b ü")]
    public void UserOf_Principal(string type, string value, bool authenticated, string? user)
    {
        var identity = new ClaimsIdentity([new Claim(type, value)], authenticated ? "test" : null);

        Assert.Equal(user, UserOf.Principal(new ClaimsPrincipal(identity)));
    }

    [Fact]
    public void UserOf_SubComesBeforeTheNameIdentifier_And250BytesFit()
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "n"), new Claim("sub", new string('a', 250))], "test");
        Assert.Equal(new string('a', 250), UserOf.Principal(new ClaimsPrincipal(identity)));
        Assert.Null(UserOf.Principal(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", new string('a', 251))], "test"))));
        Assert.Null(UserOf.Principal(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", new string('ü', 126))], "test"))));
        Assert.Null(UserOf.Principal(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "\uD800")], "test")))); // an attribute cannot hold it
        Assert.Null(UserOf.Principal(new ClaimsPrincipal()));
    }
}
