using System.Diagnostics;
using System.Text.RegularExpressions;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Processes;

/// <summary>
/// The server as operators run it: a process of its own, with nothing of this process's environment that would configure it. It can be killed,
/// stopped, hung and started again on its port. One call at a time; disposing always kills it.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>What lets it start outside Development.</summary>
    public static readonly (string, string) Anonymous = ("WSCORE__AUTH__ALLOWANONYMOUS", "true");

    /// <summary>What makes it Development.</summary>
    public static readonly (string, string) Development = ("ASPNETCORE_ENVIRONMENT", "Development");

    private static readonly string Server = Path.Combine(AppContext.BaseDirectory, "WsCore.Server.dll");

    private readonly string _program;
    private readonly string[] _arguments;
    private readonly (string Name, string Value)[] _environment;
    private TaskCompletionSource<Uri> _listening;
    private Process _process;
    private ProcessOutput _output;
    private ProcessOutput _error;

    private ServerProcess(string program, string[] arguments, (string Name, string Value)[] environment)
    {
        (_program, _arguments, _environment) = (program, arguments, environment);
        (_listening, _process, _output, _error) = Launch(arguments);
    }

    /// <summary>Where it listens; only once started. It stays the same over a restart.</summary>
    public Uri Address => _listening.Task.Result;

    /// <summary>Everywhere it listens, <see cref="Address"/> first; complete once a line that comes after was seen.</summary>
    public IReadOnlyList<Uri> Addresses => [.. Listening().Matches(_output.ToString()).Select(AddressIn)];

    /// <summary>Whether its process is there; a hung one is.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>The process that runs now, or ran last.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts it and waits until it listens, on a free port of 127.0.0.1 unless the settings say where.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; with what it wrote.</exception>
    public static Task<ServerProcess> StartAsync(params (string Name, string Value)[] environment) => StartAsync([], environment);

    /// <summary>The same, with arguments.</summary>
    public static Task<ServerProcess> StartAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var says = arguments.Contains("--urls") || environment.Any(setting => setting.Name is "ASPNETCORE_URLS" or "ASPNETCORE_HTTP_PORTS");
        return says ? new ServerProcess(Server, arguments, environment).ListeningAsync() : StartOnFreePortAsync(Server, arguments, environment);
    }

    /// <summary>Starts another program that hosts the library, likewise.</summary>
    public static Task<ServerProcess> StartProgramAsync(string program, params (string Name, string Value)[] environment) =>
        StartOnFreePortAsync(program, [], environment);

    /// <summary>Starts it and waits for its end.</summary>
    public static async Task<ProcessResult> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        await using var server = new ServerProcess(Server, arguments, environment);
        return await server.WaitAsync();
    }

    public Uri AddressOf(string path) => new(Address, path);

    /// <summary>The oldest line of its output that is kept, or is still to come, that contains a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        string? found = null;
        await Eventually.Is(() => (found = _output.Find(text)) is not null, $"a line of output with '{text}'");
        return found!;
    }

    /// <summary>The newest lines of its output and its error output, for a failure's message.</summary>
    public string Tail(int lines) => $"{_output.Tail(lines)}\n{_error.Tail(lines)}";

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    public void Terminate() => UnixSignal.Terminate(_process.Id);

    /// <summary>Asks it to stop and waits for its end.</summary>
    public Task<ProcessResult> StopAsync(TimeSpan? timeout = null)
    {
        Terminate();
        return WaitAsync(timeout);
    }

    /// <summary>Ends it without a word, hung or not, as a crash or the kernel does; harmless where it has ended.</summary>
    public async Task KillAsync()
    {
        if (IsRunning)
        {
            _process.Kill(entireProcessTree: true);
        }

        await Task.WhenAll(_process.WaitForExitAsync(), _output.Ended, _error.Ended).WithTimeout(what: "the killed server ends");
    }

    /// <summary>Lets it run no further (SIGSTOP); its connections stay open.</summary>
    public void Hang() => UnixSignal.Hang(_process.Id);

    /// <summary>Lets a hung one go on.</summary>
    public void Continue() => UnixSignal.Continue(_process.Id);

    /// <summary>Starts it again where it listened, once it has ended (it is killed if it has not), and waits until it listens.</summary>
    public async Task RestartAsync()
    {
        var address = Address;
        await KillAsync();
        _process.Dispose();
        (_listening, _process, _output, _error) = Launch(["--urls", address.GetLeftPart(UriPartial.Authority), .. WithoutAddress(_arguments)]);
        await _listening.Task.WithTimeout(what: "the server listens again");
    }

    /// <summary>Waits for its end.</summary>
    public async Task<ProcessResult> WaitAsync(TimeSpan? timeout = null)
    {
        await Task.WhenAll(_process.WaitForExitAsync(), _output.Ended, _error.Ended).WithTimeout(timeout, "the server ends");
        return new ProcessResult(_process.ExitCode, _output.ToString(), _error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static async Task<ServerProcess> StartOnFreePortAsync(string program, string[] arguments, (string Name, string Value)[] environment)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await new ServerProcess(program, [.. arguments, "--urls", $"http://127.0.0.1:{FreePort.Next()}"], environment).ListeningAsync();
            }
            catch (InvalidOperationException e) when (tries < 5 && e.Message.Contains("address already in use", StringComparison.Ordinal))
            {
            }
        }
    }

    private static IEnumerable<string> WithoutAddress(string[] arguments) =>
        Array.IndexOf(arguments, "--urls") is var at and >= 0 ? [.. arguments[..at], .. arguments[(at + 2)..]] : arguments;

    private (TaskCompletionSource<Uri> Listening, Process Process, ProcessOutput Output, ProcessOutput Error) Launch(string[] arguments)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(host, [_program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(), // it must find its settings wherever it is started from
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new ProcessOutput(process.StandardOutput, line =>
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                listening.TrySetResult(AddressIn(match));
            }
        });
        var error = new ProcessOutput(process.StandardError);
        _ = TellEndAsync();
        return (listening, process, output, error);

        async Task TellEndAsync()
        {
            await Task.WhenAll(output.Ended, error.Ended);
            listening.TrySetException(new InvalidOperationException($"The server ended before it listened.\n{output}\n{error}"));
            _ = listening.Task.Exception; // where nobody waited for it to listen, that is no failure
        }
    }

    private async Task<ServerProcess> ListeningAsync()
    {
        try
        {
            await _listening.Task.WithTimeout(what: "the server listens");
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private static Uri AddressIn(Match match) => new(match.Groups["address"].Value.Replace("[::]", "127.0.0.1", StringComparison.Ordinal));

    private static bool IsSetting(string name) =>
        new[] { "ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS", "DOTNET_CONTENTROOT", "WSCORE__", "SERILOG", "URLS", "HTTP_PORTS", "HTTPS_PORTS", "KESTREL", "OTEL_" }
            .Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("Now listening on: [^h]*(?<address>http://[^\\s\"\\\\]+)")]
    private static partial Regex Listening();
}
