using WsCore.Server.Logs;

namespace WsCore.Server.Startup;

/// <summary>From the command line to the exit code: 0 after an orderly stop, 1 where the server could not start.</summary>
internal static class ServerProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
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
