using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WsCore.LoadTests.Reporting;

/// <summary>The results of a run for programs. Times in µs, memory in bytes. The seconds are in the CSV file.</summary>
internal static class JsonReport
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(LoadReport report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("scenario", report.Scenario);
            json.WriteString("command", report.CommandLine);
            json.WriteString("began", report.Began.ToString("O"));
            json.WriteBoolean("stopped", report.Stopped);
            json.WriteBoolean("passed", report.Passed);
            WriteTexts(json, "load", report.Load);
            WriteTexts(json, "facts", report.Facts);
            json.WriteStartObject("figures");
            foreach (var figure in report.Figures.All)
            {
                json.WriteNumber(figure.Name, Math.Round(figure.Value, 3));
            }

            json.WriteEndObject();
            WriteThresholds(json, report);
            json.WriteStartObject("steps");
            foreach (var step in report.Steps)
            {
                WriteStep(json, step);
            }

            json.WriteEndObject();
            WriteCounts(json, "errors", report.Errors);
            WriteCounts(json, "refusals", report.Refusals);
            WriteCounts(json, "closes", report.Closes);
            WriteCounts(json, "expectedCloses", report.ExpectedCloses);
            json.WriteStartArray("notes");
            foreach (var note in report.Notes)
            {
                json.WriteStringValue(note);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void WriteThresholds(Utf8JsonWriter json, LoadReport report)
    {
        json.WriteStartArray("thresholds");
        foreach (var result in report.Thresholds)
        {
            json.WriteStartObject();
            json.WriteString("threshold", result.Threshold.Text);
            json.WriteBoolean("holds", result.Holds);
            json.WriteString("sentence", result.Sentence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStep(Utf8JsonWriter json, StepResult step)
    {
        json.WriteStartObject(step.Name);
        json.WriteNumber("count", step.Latencies.Count);
        json.WriteNumber("mean", Math.Round(step.Latencies.Mean, 1));
        foreach (var percent in FigureNames.Percentiles)
        {
            json.WriteNumber(FigureNames.Percentile(percent), step.Latencies.Percentile(percent));
        }

        json.WriteNumber("max", step.Latencies.Max);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, long>> counts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in counts)
        {
            json.WriteNumber(key, value);
        }

        json.WriteEndObject();
    }
}
