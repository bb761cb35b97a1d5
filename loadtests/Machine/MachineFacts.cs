using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace WsCore.LoadTests.Machine;

/// <summary>What stands beside every figure: on what, with what.</summary>
internal static class MachineFacts
{
    private const string Unknown = "unknown";

    /// <summary>Names and values, in the order of the report.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Collect() =>
    [
        new("processor", $"{Processor()}, {Environment.ProcessorCount} cores, shared by the tester and a server on this machine"),
        new("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0.#} GB")),
        new("system", $"{RuntimeInformation.OSDescription}, kernel {Environment.OSVersion.Version}, {RuntimeInformation.OSArchitecture}"),
        new("runtime of the tester", $"{RuntimeInformation.FrameworkDescription}, {(System.Runtime.GCSettings.IsServerGC ? "server" : "workstation")} GC"),
        new("versions", $"load tester {VersionOf(typeof(MachineFacts))}, client {VersionOf(typeof(WsCore.Client.WsClient))}"),
        new("commit", Commit() ?? Unknown),
    ];

    /// <summary>The short hash of the commit that the working directory is at; null where it is in no repository.</summary>
    private static string? Commit()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var git = Path.Combine(folder.FullName, ".git");
            if (File.Exists(Path.Combine(git, "HEAD")))
            {
                var head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
                var hash = head.StartsWith("ref: ", StringComparison.Ordinal) ? HashOf(git, head[5..]) : head;
                return hash is { Length: >= 7 } ? hash[..7] : null;
            }
        }

        return null;
    }

    private static string? HashOf(string git, string reference)
    {
        var loose = Path.Combine(git, reference);
        var packed = Path.Combine(git, "packed-refs");
        return File.Exists(loose) ? File.ReadAllText(loose).Trim()
            : File.Exists(packed) ? File.ReadLines(packed).FirstOrDefault(line => line.EndsWith(" " + reference, StringComparison.Ordinal))?.Split(' ')[0]
            : null;
    }

    private static string Processor() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line ? line.Split(':', 2)[1].Trim() : Unknown;

    private static string VersionOf(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? Unknown;
}
