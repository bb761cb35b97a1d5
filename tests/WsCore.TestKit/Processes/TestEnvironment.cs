using WsCore.TestKit.Files;

namespace WsCore.TestKit.Processes;

/// <summary>
/// The programs that some tests need and a machine may not have. tests/run.sh looks for them, installs what it may and
/// tells by environment variables; without those (a test started by hand) the search path decides.
/// </summary>
internal static class TestEnvironment
{
    /// <summary>A machine that must have everything: there a test that lacks something fails and is not skipped.</summary>
    public static bool IsCi { get; } = Environment.GetEnvironmentVariable("CI") is "true" or "1";

    /// <summary>Path of Node.js (<c>WSCORE_TEST_NODE</c>), null where it or the package <c>ws</c> in tests/npm is missing.</summary>
    public static string? Node { get; } =
        Directory.Exists(SourceTree.PathOf("tests/npm/node_modules/ws")) ? Find("WSCORE_TEST_NODE", "node", "nodejs") : null;

    /// <summary>Path of Chromium (<c>WSCORE_TEST_CHROMIUM</c>), null where it is missing.</summary>
    public static string? Chromium { get; } =
        Find("WSCORE_TEST_CHROMIUM", "chromium", "chromium-browser", "google-chrome");

    /// <summary>Path of redis-server (<c>WSCORE_TEST_REDIS</c>), null where it is missing.</summary>
    public static string? Redis { get; } = Find("WSCORE_TEST_REDIS", "redis-server");

    /// <summary>Path of redis-sentinel (<c>WSCORE_TEST_SENTINEL</c>), null where it is missing.</summary>
    public static string? Sentinel { get; } = Find("WSCORE_TEST_SENTINEL", "redis-sentinel");

    /// <summary>Path of promtool, null where it is missing: nothing hangs on it, so nothing installs it.</summary>
    public static string? Promtool { get; } = Find("WSCORE_TEST_PROMTOOL", "promtool");

    /// <summary>Why a test that needs Node.js is to be skipped; null where it is to run.</summary>
    public static string? SkipUnlessNode => Skip(Node, "Node.js with the package ws in tests/npm");

    /// <summary>Why a test that needs Chromium is to be skipped; null where it is to run.</summary>
    public static string? SkipUnlessChromium => Skip(Chromium, "Chromium");

    /// <summary>Why a test that needs redis-server is to be skipped; null where it is to run.</summary>
    public static string? SkipUnlessRedis => Skip(Redis, "redis-server");

    /// <summary>Why a test that needs redis-sentinel is to be skipped; null where it is to run.</summary>
    public static string? SkipUnlessSentinel => Skip(Sentinel, "redis-sentinel");

    public static string RequireNode() => Node ?? throw Missing("Node.js with the package ws in tests/npm");

    public static string RequireChromium() => Chromium ?? throw Missing("Chromium");

    public static string RequireRedis() => Redis ?? throw Missing("redis-server");

    public static string RequireSentinel() => Sentinel ?? throw Missing("redis-sentinel");

    private static string? Find(string variable, params string[] names)
    {
        if (Environment.GetEnvironmentVariable(variable) is { } told)
        {
            return told.Length == 0 ? null : told;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    private static string? Skip(string? path, string what) =>
        path is null && !IsCi ? $"{what} is not on this machine; tests/run.sh installs it where it may." : null;

    private static InvalidOperationException Missing(string what) =>
        new($"{what} is not on this machine (and with CI=true that is a failure); tests/run.sh installs it where it may.");
}
