using Microsoft.Extensions.Options;

namespace WsCore.Server.Otlp;

/// <summary>Whether metrics are pushed, by OpenTelemetry's own environment variables. The SDK reads the rest of them itself.</summary>
internal static class OtlpSettings
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string MetricsProtocol = "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL";

    /// <param name="variable">Value of an environment variable.</param>
    /// <returns>Where to, for the log; null: not at all.</returns>
    /// <exception cref="OptionsValidationException">With a sentence for each value that is wrong: the SDK would pass over it in silence.</exception>
    public static string? Read(Func<string, string?> variable)
    {
        string[] endpoints = [.. new[] { MetricsEndpoint, Endpoint }.Where(name => !string.IsNullOrWhiteSpace(variable(name)))];
        if (endpoints.Length == 0 || IsOff(variable))
        {
            return null;
        }

        var problems = endpoints
            .Where(name => !(Uri.TryCreate(variable(name), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            .Select(name => $"{name} must be an address such as http://collector:4317, not '{variable(name)}'.")
            .Concat(new[] { Protocol, MetricsProtocol }
                .Where(name => variable(name) is not (null or "" or "grpc" or "http/protobuf"))
                .Select(name => $"{name} must be grpc or http/protobuf, not '{variable(name)}'."))
            .ToArray();
        return problems.Length == 0 ? WithoutSecrets(variable(endpoints[0])!) : throw new OptionsValidationException(Options.DefaultName, typeof(OtlpExport), problems);
    }

    private static bool IsOff(Func<string, string?> variable) =>
        "true".Equals(variable("OTEL_SDK_DISABLED"), StringComparison.OrdinalIgnoreCase) || variable("OTEL_METRICS_EXPORTER") == "none";

    private static string WithoutSecrets(string endpoint) => new Uri(endpoint).GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
