using System.Text;
using WsCore.History;
using WsCore.Hosting;
using WsCore.Rooms;

namespace WsCore.Namespaces;

/// <summary>What is wrong with the options of one namespace, a sentence each that names the setting.</summary>
internal static class NamespaceProblems
{
    private const int MaxMembers = 10_000_000;
    private const int MaxHistory = 100_000;
    private const int LeastHistoryBytes = 65_536;
    private const int MostHistoryBytes = 1_073_741_824;

    public static IEnumerable<string> Of(string key, NamespaceOptions options)
    {
        if (!RoomNameRules.IsNamespace(Encoding.UTF8.GetBytes(key.ToLowerInvariant())))
        {
            yield return $"Namespaces:{key} must be named by 1 to {RoomNameRules.MaxNamespaceBytes} of a-z, 0-9 and '-'.";
        }

        if (!Enum.IsDefined(options.Publish))
        {
            yield return $"Namespaces:{key}:Publish must be members, anyone or server.";
        }

        if (options.MaxMembers is < 0 or > MaxMembers)
        {
            yield return $"Namespaces:{key}:MaxMembers must be from 0 (unlimited) to {MaxMembers}, not {options.MaxMembers}.";
        }

        foreach (var problem in OfHistory($"Namespaces:{key}:History", options.History).Concat(OfConflation($"Namespaces:{key}", options)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> OfHistory(string name, RoomHistoryOptions history)
    {
        if (history.Size is < 0 or > MaxHistory)
        {
            yield return $"{name}:Size must be from 0 (no history) to {MaxHistory}, not {history.Size}.";
        }

        if (history.MaxBytes is < LeastHistoryBytes or > MostHistoryBytes)
        {
            yield return $"{name}:MaxBytes must be from {LeastHistoryBytes} to {MostHistoryBytes}, not {history.MaxBytes}.";
        }

        var (least, most) = DurationSetting.HistoryTtl;
        if (history.Ttl < least || history.Ttl > most)
        {
            yield return $"{name}:Ttl must be from {least} to {most}, not {history.Ttl}.";
        }
    }

    private static IEnumerable<string> OfConflation(string name, NamespaceOptions options)
    {
        if (options.Conflate == TimeSpan.Zero)
        {
            yield break;
        }

        var (least, most) = DurationSetting.Conflate;
        if (options.Conflate < least || options.Conflate > most)
        {
            yield return $"{name}:Conflate must be 0 (off) or from {least} to {most}, not {options.Conflate}.";
        }

        if (name.Equals($"Namespaces:{NamespaceTable.User}", StringComparison.OrdinalIgnoreCase))
        {
            yield return $"{name}:Conflate must be 0: what is sent to a user has no key.";
        }

        if (options.History.Size > 0)
        {
            yield return $"{name}:Conflate and {name}:History exclude each other: a message that is replaced by a newer one has no place in a history.";
        }

        if (options.Reliable)
        {
            yield return $"{name}:Conflate and {name}:Reliable exclude each other: a message that is replaced by a newer one is not to be confirmed.";
        }
    }
}
