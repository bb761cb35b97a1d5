using WsCore.Hosting;
using WsCore.TestKit.Files;

namespace WsCore.Tests.Repository;

/// <summary>The public face of the library changes on purpose only.</summary>
public sealed class PublicApiTests
{
    private const string Accepted = "tests/WsCore.Tests/Repository/PublicApi.txt";
    private const string AcceptVariable = "WSCORE_ACCEPT_API";

    [Fact]
    public void PublicApi_IsTheAcceptedOne()
    {
        var path = SourceTree.PathOf(Accepted);
        var actual = ApiListing.Of(typeof(WsCoreOptions).Assembly);
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(path, actual);
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(expected == actual, $"""
            The public API of WsCore.dll has changed:
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
