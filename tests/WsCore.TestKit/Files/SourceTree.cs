namespace WsCore.TestKit.Files;

/// <summary>The repository that the tests were built from, as files.</summary>
internal static class SourceTree
{
    private static readonly HashSet<string> NotOurs = new(StringComparer.Ordinal)
    {
        ".git", ".vs", ".idea", "bin", "obj", "TestResults", "artifacts", "node_modules", "BenchmarkDotNet.Artifacts",
    };

    /// <summary>The folder with WsCore.sln, found upwards from the test assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The absolute path of a file of the repository, given relative to its root with slashes.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>The path relative to the root, with slashes: what a test's message shows.</summary>
    public static string NameOf(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>
    /// Absolute paths of the files under <paramref name="folder"/> (relative; the root when empty), sorted, without
    /// what git ignores; none when there is no such folder.
    /// </summary>
    public static IReadOnlyList<string> Files(string folder = "", string extension = "")
    {
        var files = new List<string>();
        var start = new DirectoryInfo(PathOf(folder));
        if (start.Exists)
        {
            Collect(start, extension, files);
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static void Collect(DirectoryInfo folder, string extension, List<string> files)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (NotOurs.Contains(entry.Name) || entry.LinkTarget is not null)
            {
                continue;
            }

            if (entry is DirectoryInfo child)
            {
                Collect(child, extension, files);
            }
            else if (entry.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                files.Add(entry.FullName);
            }
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WsCore.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"There is no WsCore.sln above {AppContext.BaseDirectory}.");
    }
}
