using System.Globalization;
using WsCore.LoadTests.Commands;

namespace WsCore.LoadTests.Simulations;

/// <summary>Simulations as they are written on the command line.</summary>
internal static class SimulationText
{
    public const string Forms = "inject:<per second>,<time>  ramping-inject:<per second>,<time>  keep-constant:<copies>,<time>  ramping-constant:<copies>,<time>  pause:<time>";

    /// <exception cref="FormatException">It is none; with a sentence.</exception>
    public static LoadSimulation Parse(string text)
    {
        var parts = text.Split(':', 2);
        var values = parts.Length == 2 ? parts[1].Split(',', StringSplitOptions.TrimEntries) : [];
        return (parts[0], values) switch
        {
            ("inject", [var rate, var time]) => LoadSimulation.Inject(Number(text, rate), TimeSpan.FromSeconds(1), DurationText.Parse(time)),
            ("ramping-inject", [var rate, var time]) => LoadSimulation.RampingInject(Number(text, rate), TimeSpan.FromSeconds(1), DurationText.Parse(time)),
            ("keep-constant", [var copies, var time]) => LoadSimulation.KeepConstant((int)Number(text, copies), DurationText.Parse(time)),
            ("ramping-constant", [var copies, var time]) => LoadSimulation.RampingConstant((int)Number(text, copies), DurationText.Parse(time)),
            ("pause", [var time]) => LoadSimulation.Pause(DurationText.Parse(time)),
            _ => throw new FormatException($"'{text}' is no simulation. There are: {Forms}"),
        };
    }

    private static double Number(string text, string number) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1_000_000
            ? value
            : throw new FormatException($"'{number}' in '{text}' is no number from 0 to 1000000.");
}
