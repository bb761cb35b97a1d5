using System.Diagnostics;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Processes;

/// <summary>Runs a program to its end, without standard input and never longer than it may.</summary>
internal static class ProcessRunner
{
    /// <param name="file">Name or path of the program.</param>
    /// <param name="arguments">Each passed as it is; no shell is involved.</param>
    /// <param name="timeout">30 s when not given.</param>
    /// <param name="workingDirectory">The test's when not given.</param>
    /// <exception cref="TimeoutException">With what the process had written; it and its children were killed.</exception>
    public static async Task<ProcessResult> RunAsync(
        string file, IEnumerable<string> arguments, TimeSpan? timeout = null, string? workingDirectory = null)
    {
        var limit = timeout ?? TimeoutExtensions.Default;
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory ?? "",
        };
        using var process = Process.Start(start)
            ?? throw new InvalidOperationException($"{file} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await Task.WhenAll(process.WaitForExitAsync(), output, error).WithTimeout(limit);
        }
        catch (TimeoutException e)
        {
            process.Kill(entireProcessTree: true);
            await Task.WhenAll(output, error).WithTimeout();
            throw new TimeoutException(
                $"{file} {string.Join(' ', start.ArgumentList)} took longer than {limit.TotalSeconds} s.\n{await output}\n{await error}", e);
        }

        return new ProcessResult(process.ExitCode, await output, await error);
    }
}
