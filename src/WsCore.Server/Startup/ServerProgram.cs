using WsCore.Server.Health;
using WsCore.Server.Logs;

namespace WsCore.Server.Startup;

/// <summary>From the command line to the exit code: 0 after an orderly stop, 1 where the server could not start; of <c>--health</c> 0 where a running one is well.</summary>
internal static class ServerProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (HealthCommand.Read(args) is { } health)
        {
            return await HealthProbe.RunAsync(health);
        }

        var startup = new StartupFilter();
        try
        {
            await using var app = ServerApplication.Build(args, startup);
            await app.StartAsync();
            startup.End();
            ServerApplication.TellUsers(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception exception) when (startup.IsStarting && StartFailure.Explain(exception) is { Count: > 0 } sentences)
        {
            foreach (var sentence in sentences)
            {
                await Console.Error.WriteLineAsync(sentence);
            }

            return 1;
        }
    }
}
