using System.ComponentModel.DataAnnotations;

namespace WsCore.Reliability;

/// <summary>When a reliable message comes again, and how many may wait to be confirmed.</summary>
public sealed class ReliableOptions
{
    /// <summary>How long to wait for an <c>ack</c> before a message is sent again, once for each entry; after the last one the last wait is kept once more, and then
    /// the message is given up. Default 5 s, 10 s, 20 s. 1 to 10 entries, each 1 s to 10 min.</summary>
    public IList<TimeSpan> RetryDelays { get; set; } = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)];

    /// <summary>Unconfirmed messages of one connection. Default 1000. Range 1 to 100,000. Over it the connection closes with 4100.</summary>
    [Range(1, 100_000)]
    public int MaxPending { get; set; } = 1000;

    /// <summary>Bytes of the unconfirmed messages of one connection. Default 4,194,304. Range 65,536 to 1,073,741,824. Over it the same happens, unless it is a single message.</summary>
    [Range(65_536, 1_073_741_824)]
    public int MaxPendingBytes { get; set; } = 4 * 1024 * 1024;
}
