using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Redis;

/// <summary>
/// A real redis-server on a port of 127.0.0.1 and in a folder of its own, which it keeps when it is killed and started again. Disposing kills it
/// and removes the folder.
/// </summary>
/// <remarks>One of the calls that start, end, hang or rewire it at a time; <see cref="CommandAsync"/> is safe from any thread.</remarks>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string Host = "127.0.0.1";

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(10);

    private readonly RedisOptions _options;
    private readonly DirectoryInfo _folder;
    private RedisServer? _master;
    private Process? _process;
    private ProcessOutput? _output;

    private RedisServer(RedisOptions options)
    {
        _options = options;
        _master = options.ReplicaOf;
        _folder = Directory.CreateTempSubdirectory("wscore-redis-");
    }

    public int Port { get; private set; }

    /// <summary><c>host:port</c>.</summary>
    public string Endpoint => $"{Host}:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>As a client's setting: this end point, its password, and that it may be absent at first.</summary>
    public string ConnectionString => ConnectionStringOf(this);

    /// <summary>Whether its process is there; a hung one is.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The process that runs now, or ran last.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Starts one on a free port and waits until it answers.</summary>
    public static async Task<RedisServer> StartAsync(RedisOptions? options = null)
    {
        var server = new RedisServer(options ?? new RedisOptions());
        try
        {
            for (var tries = 1; ; tries++)
            {
                server.Port = FreePort.Next();
                try
                {
                    await server.LaunchAsync();
                    return server;
                }
                catch (InvalidOperationException e) when (tries < 5 && e.Message.Contains("Address already in use", StringComparison.Ordinal))
                {
                }
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a client's setting: several end points, of which one is the master.</summary>
    public static string ConnectionStringOf(params RedisServer[] servers)
    {
        var password = servers[0]._options.Password is { } text ? $",password={text}" : "";
        return $"{string.Join(',', servers.Select(server => server.Endpoint))}{password},abortConnect=false";
    }

    /// <summary>SIGKILL: what was not written to disk is lost. Harmless where it has ended.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                UnixSignal.Kill(process.Id);
            }

            await Task.WhenAll(process.WaitForExitAsync(), _output!.Ended).WithTimeout(what: "the killed Redis ends");
        }
    }

    /// <summary>SIGTERM: it ends in order, after its replicas have caught up (10 s at most).</summary>
    public async Task StopAsync()
    {
        UnixSignal.Terminate(ProcessId);
        await Task.WhenAll(_process!.WaitForExitAsync(), _output!.Ended).WithTimeout(what: "Redis stops");
    }

    /// <summary>SIGSTOP: it answers nothing, and its connections stay open.</summary>
    public void Hang() => UnixSignal.Hang(ProcessId);

    /// <summary>SIGCONT.</summary>
    public void Continue() => UnixSignal.Continue(ProcessId);

    /// <summary>Starts it again on its port and with its folder (it is killed first if it runs), and waits until it answers. It is a replica where it was one last.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await LaunchAsync();
    }

    /// <summary>Makes it a master, as a fail-over does.</summary>
    public async Task PromoteAsync()
    {
        _master = null;
        await CommandAsync("REPLICAOF", "NO", "ONE");
    }

    /// <summary>Makes it a replica of another, at once or, where it does not run, from its next start on. What it has and the other has not is lost.</summary>
    public async Task FollowAsync(RedisServer master)
    {
        _master = master;
        if (IsRunning)
        {
            await CommandAsync("REPLICAOF", Host, master.Port.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Waits until this replica has a living link to its master.</summary>
    public Task LinkedAsync() =>
        Eventually.IsAsync(async () => (await InfoAsync("replication")).GetValueOrDefault("master_link_status") == "up", "the replica is linked");

    /// <summary>One command on a connection of its own.</summary>
    /// <exception cref="RedisErrorException">It was refused.</exception>
    /// <exception cref="TimeoutException">It did not answer within 10 s.</exception>
    public async Task<RedisReply> CommandAsync(params string[] command)
    {
        using var connection = await RespConnection.OpenAsync(Host, Port, _options.Password, CommandTimeout);
        return await connection.SendAsync(command);
    }

    /// <summary>The fields of a section of INFO.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section)
    {
        var info = await CommandAsync("INFO", section);
        return info.Text!.Split("\r\n").Where(line => line.Contains(':', StringComparison.Ordinal))
            .Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    /// <summary>The newest lines of its log, for a failure's message.</summary>
    public string Tail(int lines) => _output?.Tail(lines) ?? "";

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task LaunchAsync()
    {
        var file = Path.Combine(_folder.FullName, "redis.conf");
        await File.WriteAllLinesAsync(file, Configuration());
        _process?.Dispose();
        _process = Process.Start(new ProcessStartInfo(TestEnvironment.RequireRedis(), [file])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = _folder.FullName,
        }) ?? throw new InvalidOperationException("redis-server did not start.");
        _output = new ProcessOutput(_process.StandardOutput);
        await Eventually.IsAsync(AnswersAsync, "Redis answers");
    }

    private IEnumerable<string> Configuration()
    {
        string[] own =
        [
            $"port {Port}", $"bind {Host}", $"dir {_folder.FullName}", "daemonize no", "save \"\"",
            "repl-diskless-sync-delay 0", // a replica is copied to at once, not after 5 s
            $"appendonly {(_options.AppendOnly ? "yes" : "no")}", "appendfsync always",
        ];
        string[] password = _options.Password is { } text ? [$"requirepass {text}", $"masterauth {text}"] : [];
        string[] master = _master is { } other ? [$"replicaof {Host} {other.Port}"] : [];
        return [.. own, .. password, .. master, .. _options.Lines];
    }

    private async Task<bool> AnswersAsync()
    {
        if (!IsRunning)
        {
            await _output!.Ended.WithTimeout();
            throw new InvalidOperationException($"redis-server ended before it answered.\n{_output}");
        }

        try
        {
            return (await CommandAsync("PING")).Text == "PONG";
        }
        catch (Exception e) when (e is SocketException or IOException or RedisErrorException)
        {
            return false; // not yet, or it loads what it has on disk
        }
    }
}
