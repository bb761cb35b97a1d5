using System.ComponentModel.DataAnnotations;

namespace WsCore.History;

/// <summary>What all histories of a node may take together.</summary>
public sealed class HistoryOptions
{
    /// <summary>Bytes of all histories that this node keeps in memory. Default 268,435,456 (256 MiB). Range 65,536 to 1,099,511,627,776. Over it, the rooms that were
    /// silent for longest lose theirs first.</summary>
    [Range(65_536, 1_099_511_627_776)]
    public long MaxBytes { get; set; } = 256 * 1024 * 1024;
}
