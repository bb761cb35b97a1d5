using System.Globalization;
using WsCore.LoadTests.Commands;

namespace WsCore.LoadTests.Simulations;

/// <summary><see cref="LoadSimulation.Inject"/>.</summary>
internal sealed record InjectSimulation(double Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation(During)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"inject {Rate:0.###} per {DurationText.Of(Interval)} for {DurationText.Of(During)}");
}
