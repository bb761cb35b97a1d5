using System.Net;
using WsCore.Server.Startup;

namespace WsCore.Server.Health;

/// <summary>Asks the server of this machine, or container, how it is: for images without a shell, where nothing else could.</summary>
/// <remarks>A process of its own, which reads the same settings as the server to know where it listens. No server is built.</remarks>
internal static class HealthProbe
{
    /// <summary>Shorter than the time-out of the image's HEALTHCHECK, so that it is this program that says what is wrong.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Says in one line how the server is: on standard output where it is well, else on standard error.</summary>
    /// <returns>The exit code: 0 where it answered 200, else 1.</returns>
    public static async Task<int> RunAsync(HealthCommand command)
    {
        var (well, line) = await AskAsync(command);
        await (well ? Console.Out : Console.Error).WriteLineAsync(line);
        return well ? 0 : 1;
    }

    private static async Task<(bool Well, string Line)> AskAsync(HealthCommand command)
    {
        if (command.Question is not (HealthCommand.Ready or HealthCommand.Live))
        {
            return (false, $"--health takes {HealthCommand.Ready} or {HealthCommand.Live}, not '{command.Question}'.");
        }

        Uri? server;
        try
        {
            server = ServerAddresses.ForProbe(Configuration(command.Rest));
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            return (false, $"The settings cannot be read: {exception.Message.ReplaceLineEndings(" ")}");
        }

        return server is null
            ? (false, "None of the addresses that the settings give the server can be asked: an http or https address with a port is needed.")
            : await AskAsync(new Uri(server, $"/health/{command.Question}"));
    }

    private static IConfiguration Configuration(string[] args) =>
        WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory }).Configuration;

    private static async Task<(bool Well, string Line)> AskAsync(Uri address)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };

        // Its certificate is for the name that clients use. Nothing is sent that somebody else on this machine could not send as well.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(address);
            return (answer.StatusCode == HttpStatusCode.OK, $"{address} answered {(int)answer.StatusCode}");
        }
        catch (TaskCanceledException)
        {
            return (false, $"{address} did not answer within {Patience.TotalSeconds} s");
        }
        catch (HttpRequestException exception)
        {
            return (false, $"{address} cannot be asked: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }
}
