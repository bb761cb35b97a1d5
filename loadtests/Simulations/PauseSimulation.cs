using System.Globalization;
using WsCore.LoadTests.Commands;

namespace WsCore.LoadTests.Simulations;

/// <summary><see cref="LoadSimulation.Pause"/>.</summary>
internal sealed record PauseSimulation(TimeSpan During) : LoadSimulation(During)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"pause {DurationText.Of(During)}");
}
