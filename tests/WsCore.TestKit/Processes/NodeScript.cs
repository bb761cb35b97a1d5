using WsCore.TestKit.Files;

namespace WsCore.TestKit.Processes;

/// <summary>Runs a JavaScript file of the repository in Node.js: real clients that others wrote.</summary>
internal static class NodeScript
{
    /// <param name="file">Relative to the repository, say <c>tests/npm/chat.mjs</c>; the script runs in its folder.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="timeout">30 s when not given.</param>
    public static Task<ProcessResult> RunAsync(string file, IEnumerable<string> arguments, TimeSpan? timeout = null)
    {
        var path = SourceTree.PathOf(file);
        return ProcessRunner.RunAsync(
            TestEnvironment.RequireNode(), [path, .. arguments], timeout, Path.GetDirectoryName(path));
    }
}
