using System.Collections.Concurrent;

namespace WsCore.LoadTests.Measuring;

/// <summary>How often each of a few codes came.</summary>
internal sealed class CodeCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long Total => _counts.Values.Sum();

    public void Add(string code) => _counts.AddOrUpdate(code, 1, static (_, count) => count + 1);

    public long Of(string code) => _counts.GetValueOrDefault(code);

    /// <summary>The most frequent first.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> List() => [.. _counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
}
