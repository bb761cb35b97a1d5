using System.Runtime.CompilerServices;

namespace WsCore.Server.Metrics;

/// <summary>The series of one instrument.</summary>
/// <remarks>
/// Thread-safe. Recording takes a lock only for tags that were not seen before; it finds the others without one, and allocates nothing. There are <see cref="MostSeries"/> at most:
/// what comes with further tags goes to one series with the label <c>otel_metric_overflow="true"</c>, OpenTelemetry's name for it, so that sums stay right, and is counted. Of observable
/// instruments it is only counted.
/// </remarks>
internal sealed class InstrumentTable
{
    public const int MostSeries = 500;

    private const string OverflowLabels = "otel_metric_overflow=\"true\"";
    private const int Slots = 256;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly double[] _bounds;
    private readonly bool _observable;
    private Entry?[]? _entries;
    private Series? _untagged;
    private Series? _overflow;
    private int _known;
    private long _overflowed;

    /// <param name="family">Its name and how it is told.</param>
    /// <param name="observable">Each scrape brings the whole values anew, and series that are not told any more are gone.</param>
    /// <param name="bounds">Of a histogram's buckets.</param>
    public InstrumentTable(MetricFamily family, bool observable, double[]? bounds = null) => (Family, _observable, _bounds) = (family, observable, bounds ?? []);

    public MetricFamily Family { get; }

    /// <summary>Measurements that went to the series for all the rest.</summary>
    public long Overflowed => Interlocked.Read(ref _overflowed);

    /// <summary>The scrape that runs, for observable instruments; set by whoever scrapes.</summary>
    public int Scrape { get; set; }

    public void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(tags) is { } series && IsNew(series))
        {
            series.Record(value);
        }
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(tags) is { } series && IsNew(series))
        {
            series.Record(value);
        }
    }

    public void Write(PrometheusWriter writer)
    {
        Series[] all;
        lock (_gate)
        {
            all = [.. _series.Values];
        }

        Family.Write(writer);
        foreach (var series in all)
        {
            if (!_observable || series.Seen == Scrape)
            {
                series.Write(writer, Family.Name);
            }
        }
    }

    // Two measurements of one scrape with the same tags: the first counts, or a sum would be of two wholes.
    private bool IsNew(Series series)
    {
        if (!_observable)
        {
            return true;
        }

        var isNew = series.Seen != Scrape;
        series.Seen = Scrape;
        return isNew;
    }

    private Series? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return Volatile.Read(ref _untagged) ?? Add(tags, hash: 0);
        }

        var hash = HashOf(tags);
        var entries = Volatile.Read(ref _entries);
        for (var entry = entries is null ? null : Volatile.Read(ref entries[hash % Slots]); entry is not null; entry = entry.Next)
        {
            if (entry.Matches(hash, tags))
            {
                return entry.Series;
            }
        }

        return Volatile.Read(ref _known) < MostSeries ? Add(tags, hash) : Overflow();
    }

    private Series? Add(ReadOnlySpan<KeyValuePair<string, object?>> tags, uint hash)
    {
        lock (_gate)
        {
            if (!tags.IsEmpty && _known == MostSeries)
            {
                return Overflow(); // others were quicker
            }

            var labels = PrometheusLabels.Of(tags);
            if (!_series.TryGetValue(labels, out var series))
            {
                series = Make(labels);
                _series.Add(labels, series);
            }

            if (tags.IsEmpty)
            {
                Volatile.Write(ref _untagged, series);
                return series;
            }

            // The same tags in another order are another entry of the same series; the bound is on entries.
            var entries = _entries ?? new Entry?[Slots];
            ref var slot = ref entries[hash % Slots];
            Volatile.Write(ref slot, new Entry(hash, tags.ToArray(), series, slot));
            Volatile.Write(ref _entries, entries);
            Volatile.Write(ref _known, _known + 1);
            return series;
        }
    }

    private Series? Overflow()
    {
        Interlocked.Increment(ref _overflowed);
        if (_observable)
        {
            return null; // wholes, which cannot be added up
        }

        if (Volatile.Read(ref _overflow) is { } overflow)
        {
            return overflow;
        }

        lock (_gate)
        {
            if (_overflow is null)
            {
                var made = Make(OverflowLabels);
                _series[OverflowLabels] = made;
                Volatile.Write(ref _overflow, made);
            }

            return _overflow;
        }
    }

    private Series Make(string labels) => Family.Kind switch
    {
        InstrumentKind.Histogram => new HistogramSeries(labels, _bounds),
        InstrumentKind.Gauge => new LastSeries(labels),
        _ when _observable => new LastSeries(labels),
        _ => new SumSeries(labels),
    };

    // Cheap and good enough: names of types, codes and reasons. Whatever collides costs a comparison more, and there are not many.
    private static uint HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = 0;
        foreach (var (_, value) in tags)
        {
            hash = (hash * 31) + value switch
            {
                null => 0,
                string { Length: > 0 } text => (text.Length * 961) + (text[0] * 31) + text[^1] + (text[text.Length / 2] * 7),
                _ => value.GetHashCode(),
            };
        }

        return (uint)hash;
    }

    private sealed class Entry(uint hash, KeyValuePair<string, object?>[] tags, Series series, Entry? next)
    {
        public Series Series { get; } = series;

        public Entry? Next { get; } = next;

        public bool Matches(uint otherHash, ReadOnlySpan<KeyValuePair<string, object?>> others)
        {
            if (hash != otherHash || tags.Length != others.Length)
            {
                return false;
            }

            for (var i = 0; i < tags.Length; i++)
            {
                if (!IsSame(tags[i], others[i]))
                {
                    return false;
                }
            }

            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool IsSame(in KeyValuePair<string, object?> mine, in KeyValuePair<string, object?> other) =>
            (ReferenceEquals(mine.Value, other.Value) || Equals(mine.Value, other.Value)) && mine.Key == other.Key;
    }
}
