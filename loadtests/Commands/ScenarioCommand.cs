using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Scenarios;
using WsCore.LoadTests.Simulations;
using WsCore.LoadTests.Thresholds;

namespace WsCore.LoadTests.Commands;

/// <summary>The command of a scenario: which options it has, and what was given.</summary>
internal sealed class ScenarioCommand : Command
{
    private static readonly ScenarioOptions Defaults = new() { Url = new Uri("ws://127.0.0.1:8080/ws") };

    private readonly Option<Uri> _url = Parsed(OptionNames.Url, "The server's address.", ParseUrl, Defaults.Url);
    private readonly Option<int> _connections = Whole("--connections", "How many connections are held.", 1, 1_000_000, Defaults.Connections);
    private readonly Option<double> _rate = Number("--rate", "Messages a second, of all together; in connect connections a second.", 0.01, 1_000_000, Defaults.Rate);
    private readonly Option<TimeSpan> _duration = Parsed("--duration", "How long the measured load lasts: 60s, 10m.", DurationText.Parse, Defaults.Duration);
    private readonly Option<TimeSpan> _warmUp = Parsed("--warm-up", "The same load before, checked and not measured.", DurationText.Parse, Defaults.WarmUp);
    private readonly Option<LoadSimulation[]> _simulations = Many("--simulation", $"Instead of rate and duration, one after the other: {SimulationText.Forms}", SimulationText.Parse);
    private readonly Option<int> _payload = Whole("--payload", "Bytes of a message's payload.", 64, 1 << 20, Defaults.Payload);
    private readonly Option<double> _connectRate = Number("--connect-rate", "Connections begun in a second before the load.", 1, 100_000, Defaults.ConnectRate);
    private readonly Option<string> _sources = Parsed("--sources", "Local addresses to connect from: auto, none, or 127.0.0.2,127.0.0.3. One address has some 28,000 ports.", text => text, Defaults.Sources);
    private readonly Option<KeyValuePair<string, string>[]> _headers = Many(OptionNames.Header, "A header of each handshake: \"Name: value\".", ParseHeader);
    private readonly Option<TimeSpan> _timeout = Parsed("--timeout", "How long an answer, a connection or the last messages may take.", DurationText.Parse, Defaults.Timeout);
    private readonly Option<Threshold[]> _thresholds = Many("--threshold", "What has to hold, in quotes: \"p99<50ms\" \"server-memory-growth<10%\". Takes the place of the scenario's own for the same figure.", ThresholdText.Parse);
    private readonly Option<int?> _serverPid = new("--server-pid") { Description = "The server's process on this machine. Without it the process that listens on the port is taken; 0: none." };
    private readonly Option<string?> _out = new(OptionNames.Out) { Description = "The folder for the report. Default: artifacts/loadtests/<scenario>-<time>." };
    private readonly Option<int> _rooms = Whole(OptionNames.Rooms, "How many rooms; 0: as many as make rooms of 10.", 0, 1_000_000, Defaults.Rooms);
    private readonly Option<int> _senders = Whole(OptionNames.Senders, "How many members of the room send.", 1, 10_000, Defaults.Senders);
    private readonly Option<PeerKind?> _via = Parsed<PeerKind?>(OptionNames.Via, "Which client makes the connections: raw (frames by this project, the cheapest) or client (WsCore.Client). Default: raw; in storm client.", ParseVia, null);
    private readonly Option<KeyValuePair<string, string>?> _userHeader = Parsed<KeyValuePair<string, string>?>(OptionNames.UserHeader, "The header that gives a connection its user: \"Name: sub={user}\".", text => ParseHeader(text), null);
    private readonly Option<int> _slow = Whole(OptionNames.Slow, "How many readers are slow.", 1, 10_000, Defaults.Slow);
    private readonly Option<TimeSpan> _nap = Parsed(OptionNames.Nap, "How long a slow reader reads nothing.", DurationText.Parse, Defaults.Nap);
    private readonly Option<int> _flood = Whole(OptionNames.Flood, "Bytes a second that each slow reader is flooded with.", 10_000, 1_000_000_000, Defaults.Flood);
    private readonly Option<int> _cuts = Whole(OptionNames.Cuts, "How often all connections are cut, evenly spread over the load.", 1, 1000, Defaults.Cuts);
    private readonly Option<int> _abusers = Whole(OptionNames.Abusers, "How many send over the rate.", 1, 10_000, Defaults.Abusers);
    private readonly Option<double> _abuseRate = Number(OptionNames.AbuseRate, "Messages a second of each of them.", 1, 100_000, Defaults.AbuseRate);
    private readonly Option<double> _lossy = Number(OptionNames.Lossy, "Which part of the reliable messages is lost or not confirmed the first time.", 0, 1, Defaults.Lossy);

    public ScenarioCommand(ScenarioEntry entry) : base(entry.Name, entry.Description)
    {
        Option[] everywhere = [_url, _connections, _rate, _duration, _warmUp, _simulations, _payload, _connectRate, _sources, _headers, _timeout, _thresholds, _serverPid, _out];
        Option[] some = [_rooms, _senders, _via, _userHeader, _slow, _nap, _flood, _cuts, _abusers, _abuseRate, _lossy];
        foreach (var option in everywhere.Concat(some.Where(option => entry.Options.Contains(option.Name))))
        {
            Add(option);
        }
    }

    /// <summary>The thresholds that were given.</summary>
    public IReadOnlyList<Threshold> ThresholdsOf(ParseResult parsed) => parsed.GetValue(_thresholds) ?? [];

    /// <summary>The server's process as it was given; null: look for it, 0: none.</summary>
    public int? ServerPidOf(ParseResult parsed) => parsed.GetValue(_serverPid);

    /// <summary>The folder for the report, where one was given.</summary>
    public string? FolderOf(ParseResult parsed) => parsed.GetValue(_out);

    public ScenarioOptions OptionsOf(ParseResult parsed) => new()
    {
        Url = parsed.GetValue(_url)!,
        Connections = parsed.GetValue(_connections),
        Rate = parsed.GetValue(_rate),
        Duration = parsed.GetValue(_duration),
        WarmUp = parsed.GetValue(_warmUp),
        Simulations = parsed.GetValue(_simulations) ?? [],
        Payload = parsed.GetValue(_payload),
        ConnectRate = parsed.GetValue(_connectRate),
        Sources = parsed.GetValue(_sources)!,
        Headers = (parsed.GetValue(_headers) ?? []).ToDictionary(StringComparer.OrdinalIgnoreCase),
        Timeout = parsed.GetValue(_timeout),
        Rooms = Of(parsed, _rooms, Defaults.Rooms),
        Senders = Of(parsed, _senders, Defaults.Senders),
        Via = Of(parsed, _via, Defaults.Via),
        UserHeader = Of(parsed, _userHeader, Defaults.UserHeader),
        Slow = Of(parsed, _slow, Defaults.Slow),
        Nap = Of(parsed, _nap, Defaults.Nap),
        Flood = Of(parsed, _flood, Defaults.Flood),
        Cuts = Of(parsed, _cuts, Defaults.Cuts),
        Abusers = Of(parsed, _abusers, Defaults.Abusers),
        AbuseRate = Of(parsed, _abuseRate, Defaults.AbuseRate),
        Lossy = Of(parsed, _lossy, Defaults.Lossy),
    };

    private static T Of<T>(ParseResult parsed, Option<T> option, T unset) => parsed.CommandResult.Command.Options.Contains(option) ? parsed.GetValue(option)! : unset;

    private static Option<T> Parsed<T>(string name, string description, Func<string, T> parse, T unset) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => unset,
        CustomParser = result => Parse(result, result.Tokens[0].Value, parse),
    };

    private static Option<T[]> Many<T>(string name, string description, Func<string, T> parse) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => [.. result.Tokens.Select(token => Parse(result, token.Value, parse)!)],
    };

    private static Option<int> Whole(string name, string description, int least, int most, int unset) =>
        Parsed(name, $"{description} {least} to {most}.", text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : throw Outside(name, text, $"a whole number from {least} to {most}"), unset);

    private static Option<double> Number(string name, string description, double least, double most, double unset) =>
        Parsed(name, description, text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : throw Outside(name, text, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}")), unset);

    private static FormatException Outside(string name, string text, string takes) => new($"{name} takes {takes}, not '{text}'.");

    private static T? Parse<T>(ArgumentResult result, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }

    private static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss" ? url : throw new FormatException($"--url takes an address such as ws://127.0.0.1:8080/ws, not '{text}'.");

    private static PeerKind? ParseVia(string text) => text switch
    {
        "raw" => PeerKind.Raw,
        "client" => PeerKind.Client,
        _ => throw new FormatException($"--via takes raw or client, not '{text}'."),
    };

    private static KeyValuePair<string, string> ParseHeader(string text) =>
        text.Split(':', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, var value] ? new(name, value) : throw new FormatException($"A header is written \"Name: value\", not '{text}'.");
}
