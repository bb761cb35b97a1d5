using System.Text.Json;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Processes;

namespace WsCore.FunctionalTests.Clients;

/// <summary>Clients that nobody here wrote.</summary>
public sealed class NpmWsTests
{
    [NodeFact]
    public async Task Two_clients_of_the_npm_package_ws_talk_through_a_room()
    {
        await using var application = await TestApplication.StartAsync();

        var result = await NodeScript.RunAsync("tests/npm/chat.mjs", [application.Address.ToString(), "chat:npm"]);

        Assert.True(result.ExitCode == 0, $"{result.Output}{result.Error}");
        var steps = JsonElement.Parse(result.Output).Items("steps").Select(step => step.GetString());
        Assert.Equal(["welcome", "join", "broadcast", "binary", "leave", "close"], steps);
        await application.IsEmptyAsync();
        Assert.Equal(0, application.Node.Rooms.Count);
    }
}
