using WsCore.LoadTests.Commands;

namespace WsCore.LoadTests.Scenarios;

/// <summary>All scenarios: what both runners, ours and NBomber's, choose from.</summary>
internal static class ScenarioCatalogue
{
    public static IReadOnlyList<ScenarioEntry> All { get; } =
    [
        new("connect", "A connect storm: --rate connections a second; of those beyond --connections the oldest goes.", context => new ConnectScenario(context), OptionNames.Via),
        new("idle", "Connections in rooms that say nothing; at the end each must answer a ping. Memory per connection.", context => new IdleScenario(context), OptionNames.Rooms, OptionNames.Via),
        new("chat", "Many small rooms (of 10 unless --rooms says how many) in which everybody speaks in turn.", context => new ChatScenario(context), OptionNames.Rooms, OptionNames.Via),
        new("arena", "One big room in which --senders members speak to all.", context => new ArenaScenario(context), OptionNames.Senders, OptionNames.Via),
        new("direct", "Messages between users in pairs, with --user-header; without it rooms of two.", context => new DirectScenario(context), OptionNames.UserHeader, OptionNames.Via),
        new("slow", "Chat; in the second half --slow more members hardly read. They must be closed with 4100, the others must not notice.", context => new SlowScenario(context), OptionNames.Rooms, OptionNames.Slow, OptionNames.Nap, OptionNames.Flood),
        new("storm", "Chat with history; --cuts times all connections are cut at once. Every message must arrive once and in order.", context => new StormScenario(context), OptionNames.Rooms, OptionNames.Cuts),
        new("abuse", "Chat; in the second half --abusers send far over the rate. They must be closed with 4101, the others must not notice.", context => new AbuseScenario(context), OptionNames.Rooms, OptionNames.Abusers, OptionNames.AbuseRate),
        new("reliable", "Chat with reliable messages; a part of them, --lossy, is lost or not confirmed the first time. Each must be handled once in the end.", context => new ReliableScenario(context), OptionNames.Rooms, OptionNames.Lossy),
    ];

    public static ScenarioEntry Find(string name) => All.FirstOrDefault(entry => entry.Name == name)
        ?? throw new ScenarioException($"There is no scenario '{name}'. There are: {string.Join(", ", All.Select(entry => entry.Name))}.");
}
