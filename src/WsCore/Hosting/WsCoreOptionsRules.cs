using System.Text;
using Microsoft.Extensions.Options;
using WsCore.Rooms;

namespace WsCore.Hosting;

/// <summary>The rules that tie settings together, and those of names.</summary>
internal sealed class WsCoreOptionsRules : IValidateOptions<WsCoreOptions>
{
    private const int MaxMembers = 10_000_000;

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
            var prefix = key.ToLowerInvariant();
            if (!RoomNameRules.IsNamespace(Encoding.UTF8.GetBytes(prefix)))
            {
                problems.Add($"Namespaces:{key} must be named by 1 to {RoomNameRules.MaxNamespaceBytes} of a-z, 0-9 and '-'.");
            }

            if (!Enum.IsDefined(rules.Publish))
            {
                problems.Add($"Namespaces:{key}:Publish must be members, anyone or server.");
            }

            if (rules.MaxMembers is < 0 or > MaxMembers)
            {
                problems.Add($"Namespaces:{key}:MaxMembers must be from 0 (unlimited) to {MaxMembers}, not {rules.MaxMembers}.");
            }
        }

        foreach (var origin in options.Origins)
        {
            if (origin != "*" && !IsOrigin(origin))
            {
                problems.Add($"Origins: '{origin}' must be an origin such as https://example.org, without a path or a default port, or *.");
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", UserInfo: "" }
        && origin.TrimEnd('/').Equals(uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
