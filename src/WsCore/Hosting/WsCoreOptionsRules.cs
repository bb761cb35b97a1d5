using Microsoft.Extensions.Options;
using WsCore.Limits;
using WsCore.Namespaces;

namespace WsCore.Hosting;

/// <summary>The rules that tie settings together, and those of names.</summary>
internal sealed class WsCoreOptionsRules : IValidateOptions<WsCoreOptions>
{
    private const int MaxRetries = 10;

    /// <summary>The answer to a join of many rooms may be six times as long as the join, every character escaped.</summary>
    private const int OutboxMessages = 8;

    public ValidateOptionsResult Validate(string? name, WsCoreOptions options)
    {
        var problems = new List<string>();
        if (options.Outbox.MaxBytes < OutboxMessages * (long)options.Limits.MaxMessageBytes)
        {
            problems.Add($"Outbox:MaxBytes must be at least {OutboxMessages} times Limits:MaxMessageBytes, or the answer to one message could make its reader a slow one.");
        }

        if (options.Outbox.BurstBytes < options.Outbox.MaxBytes)
        {
            problems.Add("Outbox:BurstBytes must be at least Outbox:MaxBytes.");
        }

        foreach (var setting in DurationSetting.All)
        {
            var value = setting.Value(options);
            if (value < setting.Least || value > setting.Most)
            {
                problems.Add($"{setting.Name} must be from {setting.Least} to {setting.Most}, not {value}.");
            }
        }

        foreach (var (key, rules) in options.Namespaces)
        {
            problems.AddRange(NamespaceProblems.Of(key, rules));
        }

        problems.AddRange(RetryProblems(options.Reliable.RetryDelays));
        problems.AddRange(RateProblems(options.Limits));
        foreach (var origin in options.Origins)
        {
            if (origin != "*" && !IsOrigin(origin))
            {
                problems.Add($"Origins: '{origin}' must be an origin such as https://example.org, without a path or a default port, or *.");
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> RetryProblems(IList<TimeSpan> delays)
    {
        if (delays.Count is < 1 or > MaxRetries)
        {
            yield return $"Reliable:RetryDelays must have 1 to {MaxRetries} entries, not {delays.Count}.";
        }

        var (least, most) = DurationSetting.RetryDelay;
        for (var i = 0; i < delays.Count; i++)
        {
            if (delays[i] < least || delays[i] > most)
            {
                yield return $"Reliable:RetryDelays:{i} must be from {least} to {most}, not {delays[i]}.";
            }
        }
    }

    private static IEnumerable<string> RateProblems(LimitOptions limits)
    {
        (string Name, int Burst)[] bursts =
            [("ByteBurst", limits.ByteBurst), ("PerUser:ByteBurst", limits.PerUser.ByteBurst), ("PerAddress:ByteBurst", limits.PerAddress.ByteBurst)];
        return bursts
            .Where(burst => burst.Burst != 0 && burst.Burst < limits.MaxMessageBytes)
            .Select(burst => $"Limits:{burst.Name} must be at least Limits:MaxMessageBytes ({limits.MaxMessageBytes}), or the largest message could never be sent.");
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", UserInfo: "" }
        && origin.TrimEnd('/').Equals(uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
