using WsCore.Redis.Link;

namespace WsCore.ClusterTests.Link;

/// <summary>What of a connection string is taken, and what is refused with which words.</summary>
public sealed class ConnectionTextTests
{
    [Theory]
    [InlineData("redis-1:6380,redis-2", "redis-1:6380,redis-2:6379")]
    [InlineData("127.0.0.1:7000,password=secret,defaultDatabase=3,name=x", "127.0.0.1:7000")]
    [InlineData("redis,ssl=true,sslHost=h,abortConnect=true,connectTimeout=60000", "redis:6380")]
    [InlineData("127.0.0.1:7000,protocol=resp2", "127.0.0.1:7000")]
    [InlineData("redis,channelPrefix=x,tiebreaker=y,configChannel=z", "redis:6379")]
    public void Parse_Usable_NamesItsEndPoints(string text, string endPoints)
    {
        var connection = ConnectionText.Parse(text);

        Assert.Equal(endPoints, connection.ToString());
        foreach (var endPoint in connection.EndPoints)
        {
            var options = connection.For(endPoint);
            Assert.Equal([endPoint], options.EndPoints);
            Assert.False(options.AbortOnConnectFail);
            Assert.Equal(2_000, options.ConnectTimeout);
            Assert.Equal(("", ""), (options.TieBreaker, options.ConfigurationChannel));
            Assert.True(options.ChannelPrefix.IsNullOrEmpty);
        }
    }

    [Fact]
    public void For_KeepsTheSettings()
    {
        var connection = ConnectionText.Parse("redis:1,other:2,password=secret,defaultDatabase=3,ssl=true,sslHost=h");

        var options = connection.For(connection.EndPoints[1]);

        Assert.Equal(("secret", 3, true, "h"), (options.Password, options.DefaultDatabase, options.Ssl, options.SslHost));
    }

    [Theory]
    [InlineData("redis,serviceName=mymaster", "name all end points")]
    [InlineData("redis,servicename = mymaster", "name all end points")]
    [InlineData("redis,user=me,password=secret", "use a password alone")]
    [InlineData("redis,protocol=resp3", "leave 'protocol' out")]
    [InlineData("redis,protocol=3", "leave 'protocol' out")]
    [InlineData("redis,proxy=Twemproxy", "name the end points of Redis itself")]
    [InlineData("password=secret", "names no end point")]
    [InlineData("redis-1:6379,[::1]:7000", "an IPv4 address")]
    [InlineData("redis-1:6379,redis-2:port", "an IPv4 address")]
    [InlineData("", "names no end point")]
    [InlineData("redis,nosuchthing=secret", "host:port,host:port,setting=value")]
    [InlineData("redis,defaultDatabase=secret", "host:port,host:port,setting=value")]
    public void Parse_NotUsable_SaysWhatToDoAndNoSecret(string text, string words)
    {
        var error = Assert.Throws<FormatException>(() => ConnectionText.Parse(text));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
