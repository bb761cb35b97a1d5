using WsCore.Client;
using WsCore.Hosting;
using WsCore.Redis.Hosting;
using WsCore.TestKit.Files;

namespace WsCore.Tests.Repository;

/// <summary>The public face of the libraries changes on purpose only.</summary>
public sealed class PublicApiTests
{
    private const string Folder = "tests/WsCore.Tests/Repository";
    private const string AcceptVariable = "WSCORE_ACCEPT_API";

    [Theory]
    [InlineData(typeof(WsCoreOptions), "PublicApi.txt")]
    [InlineData(typeof(RedisOptions), "PublicApi.Redis.txt")]
    [InlineData(typeof(WsClient), "PublicApi.Client.txt")]
    public void PublicApi_IsTheAcceptedOne(Type one, string accepted)
    {
        var path = SourceTree.PathOf($"{Folder}/{accepted}");
        var actual = ApiListing.Of(one.Assembly);
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(path, actual);
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(expected == actual, $"""
            The public API of {one.Assembly.GetName().Name}.dll has changed:
            {Difference(expected, actual)}
            If this is meant, accept it with
                {AcceptVariable}=1 dotnet test tests/WsCore.Tests --filter {nameof(PublicApi_IsTheAcceptedOne)}
            and say it in the change log. The new listing:

            {actual}
            """);
    }

    private static string Difference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        return string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)));
    }
}
