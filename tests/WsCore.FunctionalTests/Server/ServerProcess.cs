using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Server;

/// <summary>The server as operators run it: a process of its own, with nothing of this process's environment that would configure it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>What lets it start outside Development.</summary>
    public static readonly (string, string) Anonymous = ("WSCORE__AUTH__ALLOWANONYMOUS", "true");

    /// <summary>What makes it Development.</summary>
    public static readonly (string, string) Development = ("ASPNETCORE_ENVIRONMENT", "Development");

    private static readonly string Server = Path.Combine(AppContext.BaseDirectory, "WsCore.Server.dll");

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];

    private ServerProcess(Process process)
    {
        _process = process;
        _output = ReadOutputAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where it listens; only once started.</summary>
    public Uri Address => _listening.Task.Result;

    /// <summary>Starts it and waits until it listens, on a free port of 127.0.0.1 unless the settings say where.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; with what it wrote.</exception>
    public static Task<ServerProcess> StartAsync(params (string Name, string Value)[] environment) => StartAsync([], environment);

    /// <summary>The same, with arguments.</summary>
    public static async Task<ServerProcess> StartAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var says = arguments.Contains("--urls") || environment.Any(setting => setting.Name is "ASPNETCORE_URLS" or "ASPNETCORE_HTTP_PORTS");
        var server = Launch(Server, says ? arguments : [.. arguments, "--urls", "http://127.0.0.1:0"], environment);
        return await server.ListeningAsync();
    }

    /// <summary>Starts another program that hosts the library, likewise.</summary>
    public static Task<ServerProcess> StartProgramAsync(string program, params (string Name, string Value)[] environment) =>
        Launch(program, ["--urls", "http://127.0.0.1:0"], environment).ListeningAsync();

    /// <summary>Starts it and waits for its end.</summary>
    public static async Task<ProcessResult> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        await using var server = Launch(Server, arguments, environment);
        return await server.WaitAsync();
    }

    public Uri AddressOf(string path) => new(Address, path);

    /// <summary>The first line of its output so far, or still to come, that contains a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        string? found = null;
        await Eventually.Is(() => (found = Find(text)) is not null, $"a line of output with '{text}'");
        return found!;
    }

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    public async Task TerminateAsync()
    {
        var kill = await ProcessRunner.RunAsync("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<ProcessResult> WaitAsync()
    {
        await Task.WhenAll(_process.WaitForExitAsync(), _output, _error).WithTimeout(what: "the server ends");
        return new ProcessResult(_process.ExitCode, await _output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await Task.WhenAll(_process.WaitForExitAsync(), _output, _error).WithTimeout(what: "the killed server ends");
        _process.Dispose();
    }

    private static ServerProcess Launch(string program, string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [program, .. arguments])
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

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException("The server did not start."));
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

    private static bool IsSetting(string name) =>
        new[] { "ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS", "DOTNET_CONTENTROOT", "WSCORE__", "SERILOG", "URLS", "HTTP_PORTS", "HTTPS_PORTS", "KESTREL" }
            .Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private string? Find(string text)
    {
        lock (_lines)
        {
            return _lines.Find(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    private async Task<string> ReadOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }

            if (Listening().Match(line) is { Success: true } match)
            {
                _listening.TrySetResult(new Uri(match.Groups["address"].Value.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)));
            }
        }

        var output = string.Join('\n', _lines);
        _listening.TrySetException(new InvalidOperationException($"The server ended before it listened.\n{output}\n{await _error}"));
        _ = _listening.Task.Exception; // where nobody waited for it to listen, that is no failure
        return output;
    }

    [GeneratedRegex("Now listening on: [^h]*(?<address>http://[^\\s\"\\\\]+)")]
    private static partial Regex Listening();
}
