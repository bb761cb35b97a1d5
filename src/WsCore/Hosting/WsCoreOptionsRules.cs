using System.Text;
using Microsoft.Extensions.Options;
using WsCore.Namespaces;
using WsCore.Rooms;

namespace WsCore.Hosting;

/// <summary>The rules that tie settings together, and those of names.</summary>
internal sealed class WsCoreOptionsRules : IValidateOptions<WsCoreOptions>
{
    public ValidateOptionsResult Validate(string? name, WsCoreOptions options)
    {
        var problems = new List<string>();
        if (options.Outbox.MaxBytes < 2L * options.Limits.MaxMessageBytes)
        {
            problems.Add("Outbox:MaxBytes must be at least twice Limits:MaxMessageBytes, or one message would make its reader a slow one.");
        }

        CheckDuration(problems, "Outbox:StallTimeout", options.Outbox.StallTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        CheckDuration(problems, "Heartbeat:Interval", options.Heartbeat.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        CheckDuration(problems, "Heartbeat:Timeout", options.Heartbeat.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        CheckDuration(problems, "Limits:MessageTimeout", options.Limits.MessageTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        CheckDuration(problems, "Limits:CloseTimeout", options.Limits.CloseTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

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

            if (rules.MaxMembers is < 0 or > NamespaceOptions.MostMembers)
            {
                problems.Add($"Namespaces:{key}:MaxMembers must be 0 (unlimited) to {NamespaceOptions.MostMembers}.");
            }
        }

        foreach (var origin in options.Origins)
        {
            if (origin != "*" && !IsOrigin(origin))
            {
                problems.Add($"Origins: '{origin}' must be an origin such as https://example.org, without a path, or *.");
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckDuration(List<string> problems, string setting, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            problems.Add($"{setting} must be from {least} to {most}, not {value}.");
        }
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https" }
        && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0;
}
