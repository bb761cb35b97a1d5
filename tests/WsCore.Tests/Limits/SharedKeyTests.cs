using System.Net;
using WsCore.Limits;

namespace WsCore.Tests.Limits;

/// <summary>Which addresses are one.</summary>
public sealed class SharedKeyTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)] // the same client on a socket for both
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)] // one /64
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%1", "fe80::1%2", true)]
    [InlineData("0.0.0.1", "0:0:0:1::", false)] // the same number
    public void Of_Addresses(string one, string other, bool same)
    {
        var (first, second) = (SharedKey.Of(IPAddress.Parse(one)), SharedKey.Of(IPAddress.Parse(other)));
        Assert.Equal(same, first.Equals(second));
        Assert.Equal(same, first.GetHashCode() == second.GetHashCode());
    }

    [Fact]
    public void Of_Users_CaseMattersAndNoneIsAnAddress()
    {
        Assert.Equal(SharedKey.Of("ada"), SharedKey.Of(new string("ada")));
        Assert.NotEqual(SharedKey.Of("ada"), SharedKey.Of("Ada"));
        Assert.NotEqual(SharedKey.Of("0.0.0.0"), SharedKey.Of(IPAddress.Any));
    }
}
