namespace WsCore.Server.Metrics;

/// <summary>The numbers of one instrument with one set of tags.</summary>
/// <remarks>Thread-safe; recording allocates nothing.</remarks>
internal abstract class Series(string labels)
{
    /// <summary>As they are written.</summary>
    public string Labels { get; } = labels;

    /// <summary>The last scrape in which an observable instrument told of it.</summary>
    public int Seen { get; set; }

    public abstract void Record(long value);

    public abstract void Record(double value);

    public abstract void Write(PrometheusWriter writer, string name);
}
