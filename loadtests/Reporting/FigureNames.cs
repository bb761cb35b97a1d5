using System.Globalization;
using WsCore.LoadTests.Measuring;

namespace WsCore.LoadTests.Reporting;

/// <summary>The names of the figures that thresholds can be put on.</summary>
internal static class FigureNames
{
    public const string Errors = "errors";
    public const string Lost = "lost";
    public const string Duplicates = "duplicates";
    public const string OutOfOrder = "out-of-order";
    public const string Foreign = "foreign";
    public const string Closes = "closes";
    public const string Connections = "connections";
    public const string Sent = "sent";
    public const string Delivered = "delivered";
    public const string SendRate = "send-rate";
    public const string DeliveryRate = "delivery-rate";
    public const string Retries = "retries";
    public const string Withheld = "withheld";
    public const string Unconfirmed = "unconfirmed";
    public const string Reconnects = "reconnects";
    public const string Gaps = "gaps";
    public const string NotClosed = "not-closed";
    public const string Ratio = "p99-ratio";
    public const string TesterCpu = "tester-cpu";
    public const string TesterCpuPerDelivery = "tester-cpu-per-delivery";
    public const string TesterMemory = "tester-memory";
    public const string ServerCpu = "server-cpu";
    public const string ServerCpuPerDelivery = "server-cpu-per-delivery";
    public const string ServerMemory = "server-memory";
    public const string ServerMemoryGrowth = "server-memory-growth";
    public const string ServerMemoryPerConnection = "server-memory-per-connection";

    private static readonly string[] Plain =
    [
        Errors, Lost, Duplicates, OutOfOrder, Foreign, Closes, Connections, Sent, Delivered, SendRate, DeliveryRate, Retries, Withheld, Unconfirmed, Reconnects, Gaps, NotClosed, Ratio,
        TesterCpu, TesterCpuPerDelivery, TesterMemory, ServerCpu, ServerCpuPerDelivery, ServerMemory, ServerMemoryGrowth, ServerMemoryPerConnection,
    ];

    private static readonly string[] Steps =
    [
        StepNames.Connect, StepNames.Join, StepNames.Ack, StepNames.Deliver, StepNames.DeliverSent, StepNames.DeliverBefore, StepNames.DeliverDuring, StepNames.Lag, StepNames.Ping, StepNames.Recover,
    ];

    /// <summary>Of each step.</summary>
    public static readonly double[] Percentiles = [50, 75, 90, 95, 99, 99.9];

    /// <summary>For the sentence about a name that is none.</summary>
    public static string List =>
        $"{string.Join(", ", Plain)}; closes-<code> such as closes-4100; {string.Join(", ", Percentiles.Select(Percentile))}, mean and max of what the scenario is about; the same of one step, such as lag-p99, of: {string.Join(", ", Steps)}.";

    /// <summary>The name of a percentile: <c>p99.9</c>.</summary>
    public static string Percentile(double percent) => string.Create(CultureInfo.InvariantCulture, $"p{percent}");

    public static bool IsKnown(string name) =>
        Plain.Contains(name) || IsLatency(name) || (name.StartsWith(Closes + "-", StringComparison.Ordinal) && int.TryParse(name.AsSpan(Closes.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    public static Unit UnitOf(string name) =>
        IsLatency(name) || name is TesterCpuPerDelivery or ServerCpuPerDelivery ? Unit.Time
        : name is TesterCpu or ServerCpu or ServerMemoryGrowth ? Unit.Percent
        : name is TesterMemory or ServerMemory or ServerMemoryPerConnection ? Unit.Bytes
        : Unit.Count;

    /// <summary>Why a figure may be missing.</summary>
    public static string Missing(string name) => name.StartsWith("server-", StringComparison.Ordinal) ? "; give --server-pid, on the machine of the server" : "";

    private static bool IsLatency(string name)
    {
        var measure = Steps.FirstOrDefault(step => name.StartsWith(step + "-", StringComparison.Ordinal) && IsMeasure(name[(step.Length + 1)..])) is { } found ? name[(found.Length + 1)..] : name;
        return IsMeasure(measure);
    }

    private static bool IsMeasure(string name) => name is "mean" or "max" || Percentiles.Any(percent => name == Percentile(percent));
}
