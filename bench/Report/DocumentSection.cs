namespace WsCore.Benchmarks.Report;

/// <summary>The part of a document that is written by this program.</summary>
internal static class DocumentSection
{
    public const string Begin = "<!-- benchmarks: from here to the end mark written by bench/run.sh --write -->";
    public const string End = "<!-- benchmarks: end -->";

    /// <summary>Replaces what stands between the two marks of a file.</summary>
    /// <exception cref="InvalidDataException">The file does not have each of them once, in this order.</exception>
    public static void Write(string path, string section) => File.WriteAllText(path, Replace(File.ReadAllText(path), section));

    private static string Replace(string document, string section)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin || document.LastIndexOf(Begin, StringComparison.Ordinal) != begin || document.LastIndexOf(End, StringComparison.Ordinal) != end)
        {
            throw new InvalidDataException($"The document must have once '{Begin}', and after it once '{End}'.");
        }

        return $"{document[..(begin + Begin.Length)]}\n\n{section.Trim()}\n\n{document[end..]}";
    }
}
