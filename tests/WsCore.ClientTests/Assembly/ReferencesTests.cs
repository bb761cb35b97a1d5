namespace WsCore.ClientTests.Assembly;

/// <summary>What an application that uses the client takes along with it.</summary>
public sealed class ReferencesTests
{
    [Fact]
    public void The_client_needs_neither_the_server_nor_ASP_NET_Core()
    {
        string?[] names = [.. typeof(WsClient).Assembly.GetReferencedAssemblies().Select(reference => reference.Name)];

        Assert.Contains("System.Net.WebSockets.Client", names);
        Assert.Equal(["Microsoft.Extensions.Logging.Abstractions"], names.Where(name => name is not null && !name.StartsWith("System.", StringComparison.Ordinal)));
    }
}
