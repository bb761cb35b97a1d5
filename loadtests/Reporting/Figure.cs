namespace WsCore.LoadTests.Reporting;

/// <summary>A result of a run.</summary>
/// <param name="Name">See <see cref="FigureNames"/>.</param>
/// <param name="Value">In the base unit.</param>
/// <param name="Unit">What it is counted in.</param>
internal sealed record Figure(string Name, double Value, Unit Unit)
{
    public string Text => Unit.Format(Value);
}
