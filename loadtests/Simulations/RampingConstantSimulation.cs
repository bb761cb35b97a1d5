using System.Globalization;
using WsCore.LoadTests.Commands;

namespace WsCore.LoadTests.Simulations;

/// <summary><see cref="LoadSimulation.RampingConstant"/>.</summary>
internal sealed record RampingConstantSimulation(int Copies, TimeSpan During) : LoadSimulation(During)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ramp to {Copies} within {DurationText.Of(During)}");
}
