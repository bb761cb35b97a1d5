using System.Globalization;
using System.Text;
using WsCore.LoadTests.Running;

namespace WsCore.LoadTests.Reporting;

/// <summary>The seconds of a run as comma-separated values (RFC 4180), one a line; what is not known is empty. Times in µs, memory in bytes, CPU in percent of a core.</summary>
internal static class SeriesCsv
{
    private static readonly (string Name, Func<Sample, object?> Value)[] Columns =
    [
        ("second", sample => Math.Round(sample.Second, 3)),
        ("phase", sample => sample.Phase),
        ("connections", sample => sample.Connections),
        ("connected_per_second", sample => Math.Round(sample.ConnectRate, 1)),
        ("sent_per_second", sample => Math.Round(sample.SendRate, 1)),
        ("delivered_per_second", sample => Math.Round(sample.DeliveryRate, 1)),
        ("p50_us", sample => sample.P50),
        ("p99_us", sample => sample.P99),
        ("p999_us", sample => sample.P999),
        ("max_us", sample => sample.Max),
        ("lag_p99_us", sample => sample.LagP99),
        ("errors", sample => sample.Errors),
        ("closes", sample => sample.Closes),
        ("tester_cpu_percent", sample => Rounded(sample.Tester.Cpu)),
        ("tester_memory_bytes", sample => sample.Tester.Memory),
        ("tester_descriptors", sample => sample.Tester.Descriptors),
        ("server_cpu_percent", sample => Rounded(sample.Server.Cpu)),
        ("server_memory_bytes", sample => sample.Server.Memory),
        ("server_descriptors", sample => sample.Server.Descriptors),
    ];

    public static string Write(IEnumerable<Sample> samples)
    {
        var csv = new StringBuilder().AppendJoin(',', Columns.Select(column => column.Name)).Append('\n');
        foreach (var sample in samples)
        {
            csv.AppendJoin(',', Columns.Select(column => Convert.ToString(column.Value(sample), CultureInfo.InvariantCulture))).Append('\n');
        }

        return csv.ToString();
    }

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 1) : null;
}
