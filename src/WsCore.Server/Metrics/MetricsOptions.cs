namespace WsCore.Server.Metrics;

/// <summary>Where metrics are served. Section <c>WsCore:Metrics</c>.</summary>
internal sealed class MetricsOptions
{
    /// <summary>The section within that of the server.</summary>
    public const string Section = "Metrics";

    /// <summary>The path. Default <c>/metrics</c>. Begins with a slash, of letters, digits, <c>/</c>, <c>.</c>, <c>_</c>, <c>~</c> and <c>-</c>, with no two slashes in a row.</summary>
    public string Path { get; set; } = "/metrics";

    /// <summary>A port that serves the metrics, without a key, and nothing else; the other addresses do not serve them then. Default none. 1 to 65535, none of the server's other ports.</summary>
    public int? Port { get; set; }
}
