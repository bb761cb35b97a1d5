namespace WsCore.Server.Metrics;

/// <summary>What is kept of an instrument's measurements.</summary>
internal enum InstrumentKind : byte
{
    /// <summary>Their sum, which only grows.</summary>
    Counter,

    /// <summary>Their sum.</summary>
    UpDownCounter,

    /// <summary>The last.</summary>
    Gauge,

    /// <summary>How many fell into each bucket.</summary>
    Histogram,
}
