using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Redis;

/// <summary>A real redis-sentinel that watches one master alone, on a free port of 127.0.0.1 and in a folder of its own: it promotes a replica about a second after the master was seen last.</summary>
/// <remarks>Disposing kills it.</remarks>
internal sealed class RedisSentinel : IAsyncDisposable
{
    private const string Host = "127.0.0.1";
    private const string Name = "main";

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wscore-sentinel-");
    private readonly int _port = FreePort.Next();
    private Process? _process;
    private ProcessOutput? _output;

    private RedisSentinel()
    {
    }

    /// <summary>Starts one, and waits until it knows the master's replicas.</summary>
    public static async Task<RedisSentinel> StartAsync(RedisServer master, int replicas)
    {
        var sentinel = new RedisSentinel();
        try
        {
            await sentinel.LaunchAsync(master);
            await Eventually.IsAsync(() => sentinel.KnowsAsync(replicas), "Sentinel knows the replicas");
            return sentinel;
        }
        catch
        {
            await sentinel.DisposeAsync();
            throw;
        }
    }

    /// <summary>The port of the server that it takes for the master.</summary>
    public async Task<int> MasterPortAsync() =>
        int.Parse((await CommandAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Name)).Items![1].Text!, CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            UnixSignal.Kill(process.Id);
            await Task.WhenAll(process.WaitForExitAsync(), _output!.Ended).WithTimeout(what: "the killed Sentinel ends");
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private async Task LaunchAsync(RedisServer master)
    {
        var file = Path.Combine(_folder.FullName, "sentinel.conf"); // which it writes to
        await File.WriteAllLinesAsync(
            file,
            [
                $"port {_port}", $"bind {Host}", $"dir {_folder.FullName}", "daemonize no",
                $"sentinel monitor {Name} {Host} {master.Port} 1", $"sentinel down-after-milliseconds {Name} 1000", $"sentinel failover-timeout {Name} 5000",
            ]);
        _process = Process.Start(new ProcessStartInfo(TestEnvironment.RequireSentinel(), [file]) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException("redis-sentinel did not start.");
        _output = new ProcessOutput(_process.StandardOutput);
    }

    private async Task<bool> KnowsAsync(int replicas)
    {
        if (_process is { HasExited: true })
        {
            throw new InvalidOperationException($"redis-sentinel ended before it answered.\n{_output}");
        }

        try
        {
            return (await CommandAsync("SENTINEL", "REPLICAS", Name)).Items!.Count == replicas;
        }
        catch (Exception e) when (e is SocketException or IOException or RedisErrorException)
        {
            return false; // not yet
        }
    }

    private async Task<RedisReply> CommandAsync(params string[] command)
    {
        using var connection = await RespConnection.OpenAsync(Host, _port, password: null, CommandTimeout);
        return await connection.SendAsync(command);
    }
}
