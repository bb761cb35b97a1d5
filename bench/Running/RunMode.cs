namespace WsCore.Benchmarks.Running;

/// <summary>How long it measures.</summary>
internal enum RunMode
{
    /// <summary>As long as the statistics want.</summary>
    Full,

    /// <summary>A second or two for each benchmark.</summary>
    Quick,

    /// <summary>Not at all: each benchmark runs once, to see that it runs.</summary>
    Smoke,
}
