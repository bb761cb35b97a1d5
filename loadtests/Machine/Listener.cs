using System.Globalization;

namespace WsCore.LoadTests.Machine;

/// <summary>Which process of this machine listens on a port, by /proc.</summary>
internal static class Listener
{
    private const string ListenState = "0A"; // TCP_LISTEN of the kernel's include/net/tcp_states.h

    /// <summary>Its id; null where there is none, or this process may not see it.</summary>
    public static int? FindProcess(int port)
    {
        var inodes = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == ListenState && fields[1].EndsWith(string.Create(CultureInfo.InvariantCulture, $":{port:X4}"), StringComparison.Ordinal))
            .Select(fields => $"socket:[{fields[9]}]").ToHashSet(StringComparer.Ordinal);
        return inodes.Count == 0 ? null : Processes().Where(pid => Holds(pid, inodes)).Cast<int?>().FirstOrDefault();
    }

    private static IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0);

    private static bool Holds(int pid, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Any(entry => new FileInfo(entry).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
