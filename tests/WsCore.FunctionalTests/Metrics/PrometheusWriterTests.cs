using System.Buffers;
using System.Text;
using WsCore.Server.Metrics;

namespace WsCore.FunctionalTests.Metrics;

public sealed class PrometheusWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly PrometheusWriter _writer;

    public PrometheusWriterTests() => _writer = new PrometheusWriter(_output);

    private string Text => Encoding.UTF8.GetString(_output.WrittenSpan);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-5, "1E-05")]
    [InlineData(123456789012, "123456789012")]
    [InlineData(1.7976931348623157E+308, "1.7976931348623157E+308")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Sample_Value_IsWritten(double value, string expected)
    {
        _writer.Sample("a", "", value);

        Assert.Equal($"a {expected}\n", Text);
    }

    [Fact]
    public void Sample_WithLabels_HasThemInBraces()
    {
        _writer.Sample("a", "b=\"c\"", 1);

        Assert.Equal("a{b=\"c\"} 1\n", Text);
    }

    [Theory]
    [InlineData("Plain.", "# HELP a Plain.\n# TYPE a counter\n")]
    [InlineData("Two\nlines, a \\ and \"quotes\".", "# HELP a Two\\nlines, a \\\\ and \"quotes\".\n# TYPE a counter\n")]
    [InlineData("", "# TYPE a counter\n")]
    [InlineData(null, "# TYPE a counter\n")]
    public void Family_Help_IsEscaped(string? help, string expected)
    {
        _writer.Family("a", "counter"u8, help);

        Assert.Equal(expected, Text);
    }

    [Fact]
    public void Histogram_Buckets_AreCumulativeAndEndWithAll()
    {
        _writer.Histogram("h", "", [0.5, 1], [3, 0, 4], 12.25);

        Assert.Equal("h_bucket{le=\"0.5\"} 3\nh_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 7\nh_sum 12.25\nh_count 7\n", Text);
    }

    [Fact]
    public void Histogram_WithLabels_HasLeBehindThem()
    {
        _writer.Histogram("h", "a=\"b\"", [1], [0, 1], 2);

        Assert.Equal("h_bucket{a=\"b\",le=\"1\"} 0\nh_bucket{a=\"b\",le=\"+Inf\"} 1\nh_sum{a=\"b\"} 2\nh_count{a=\"b\"} 1\n", Text);
    }

    [Fact]
    public void Histogram_WithoutBounds_HasOneBucket()
    {
        _writer.Histogram("h", "", [], [2], 1);

        Assert.Equal("h_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 2\n", Text);
    }
}
