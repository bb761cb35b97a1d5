using System.Buffers;
using System.Globalization;
using System.Text;

namespace WsCore.Server.Metrics;

/// <summary>Writes Prometheus' text exposition format, version 0.0.4. Pure; allocates nothing of its own but for texts beyond ASCII.</summary>
internal sealed class PrometheusWriter(IBufferWriter<byte> output)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const int MostOfANumber = 32;

    /// <summary>The two lines that begin a family; its series follow.</summary>
    /// <param name="name">As <see cref="PrometheusName"/> makes it.</param>
    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    /// <param name="help">What it counts; line breaks and backslashes are escaped.</param>
    public void Family(string name, ReadOnlySpan<byte> type, string? help)
    {
        if (!string.IsNullOrEmpty(help))
        {
            Write("# HELP "u8);
            Write(name);
            Write(" "u8);
            Write(help.Replace(@"\", @"\\", StringComparison.Ordinal).ReplaceLineEndings("\\n"));
            Write("\n"u8);
        }

        Write("# TYPE "u8);
        Write(name);
        Write(" "u8);
        Write(type);
        Write("\n"u8);
    }

    /// <param name="name">The family's.</param>
    /// <param name="labels">As <see cref="PrometheusLabels"/> makes them.</param>
    /// <param name="value">NaN and the infinities too.</param>
    public void Sample(string name, string labels, double value)
    {
        Series(name, ""u8, labels);
        Value(value);
    }

    /// <summary>All lines of one histogram.</summary>
    /// <param name="name">The family's.</param>
    /// <param name="labels">As <see cref="PrometheusLabels"/> makes them.</param>
    /// <param name="bounds">Upper bounds, each included in its bucket, growing, finite.</param>
    /// <param name="counts">One more than bounds: what fell into each bucket, not summed up.</param>
    /// <param name="sum">Of all values.</param>
    public void Histogram(string name, string labels, ReadOnlySpan<double> bounds, ReadOnlySpan<long> counts, double sum)
    {
        long total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            Write(name);
            Write("_bucket{"u8);
            if (labels.Length > 0)
            {
                Write(labels);
                Write(","u8);
            }

            Write("le=\""u8);
            Number(i < bounds.Length ? bounds[i] : double.PositiveInfinity);
            Write("\"} "u8);
            Value(total);
        }

        Series(name, "_sum"u8, labels);
        Value(sum);
        Series(name, "_count"u8, labels);
        Value(total);
    }

    private void Series(string name, ReadOnlySpan<byte> suffix, string labels)
    {
        Write(name);
        Write(suffix);
        if (labels.Length > 0)
        {
            Write("{"u8);
            Write(labels);
            Write("}"u8);
        }

        Write(" "u8);
    }

    private void Value(double value)
    {
        Number(value);
        Write("\n"u8);
    }

    private void Value(long value)
    {
        value.TryFormat(output.GetSpan(MostOfANumber), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
        Write("\n"u8);
    }

    private void Number(double value)
    {
        if (!double.IsFinite(value))
        {
            Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
            return;
        }

        value.TryFormat(output.GetSpan(MostOfANumber), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private void Write(string text) => output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    private void Write(ReadOnlySpan<byte> text) => output.Write(text);
}
