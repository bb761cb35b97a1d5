using System.Globalization;
using WsCore.LoadTests.Commands;

namespace WsCore.LoadTests.Simulations;

/// <summary><see cref="LoadSimulation.RampingInject"/>.</summary>
internal sealed record RampingInjectSimulation(double Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation(During)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ramp to {Rate:0.###} per {DurationText.Of(Interval)} within {DurationText.Of(During)}");
}
