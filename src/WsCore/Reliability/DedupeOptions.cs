using System.ComponentModel.DataAnnotations;

namespace WsCore.Reliability;

/// <summary>How long a repeated request is known by its <c>once</c>.</summary>
public sealed class DedupeOptions
{
    /// <summary>How long the answer to a request with <c>once</c> is kept. Default 5 min. Range 1 s to 1 day.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Answers that are kept. Default 1,000,000. Range 1 to 100,000,000. When that many are kept, another request with <c>once</c> is answered
    /// <c>unavailable</c>: none is forgotten before its time. With Redis, which keeps them: those that came by way of this node.</summary>
    [Range(1, 100_000_000)]
    public int MaxEntries { get; set; } = 1_000_000;

    /// <summary>Bytes that these answers may take. Default 268,435,456 (256 MiB). Range 65,536 to 1,099,511,627,776. The same happens over it. With Redis it is memory
    /// of Redis, by estimate.</summary>
    [Range(65_536, 1_099_511_627_776)]
    public long MaxBytes { get; set; } = 256 * 1024 * 1024;
}
