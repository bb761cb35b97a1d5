using System.Globalization;
using WsCore.LoadTests.Commands;

namespace WsCore.LoadTests.Simulations;

/// <summary><see cref="LoadSimulation.KeepConstant"/>.</summary>
internal sealed record KeepConstantSimulation(int Copies, TimeSpan During) : LoadSimulation(During)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"keep {Copies} for {DurationText.Of(During)}");
}
