using System.Globalization;

namespace WsCore.LoadTests.Machine;

/// <summary>What the kernel tells of a process, by /proc. Values are null once it has ended, and on systems without /proc.</summary>
internal sealed class ProcessProbe(int pid)
{
    private const double TicksPerSecond = 100; // USER_HZ, which is 100 on every Linux that /proc tells it on (proc(5), clock ticks)

    public int Pid => pid;

    /// <summary>Processor time so far, in seconds, of all threads.</summary>
    public double? CpuSeconds
    {
        get
        {
            // Behind the name, which may have blanks and parentheses: field 3 is the first. User time is field 14, the kernel's 15.
            if (Read("stat") is not { } stat || stat.LastIndexOf(')') is not (> 0 and var end) || stat[(end + 2)..].Split(' ') is not { Length: > 13 } fields)
            {
                return null;
            }

            return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    /// <summary>Resident memory, in bytes.</summary>
    public long? ResidentBytes =>
        Read("statm")?.Split(' ') is [_, var pages, ..] ? long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize : null;

    /// <summary>Open descriptors. Counting 15,000 takes some milliseconds.</summary>
    public int? Descriptors
    {
        get
        {
            try
            {
                return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>How many descriptors it may open.</summary>
    public int? DescriptorLimit =>
        Read("limits")?.Split('\n').FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..]
        && int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : null;

    /// <summary>How it was started.</summary>
    public string? CommandLine => Read("cmdline")?.Replace('\0', ' ').Trim();

    private string? Read(string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{name}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
