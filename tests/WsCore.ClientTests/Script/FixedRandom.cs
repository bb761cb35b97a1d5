namespace WsCore.ClientTests.Script;

/// <summary>Draws what the test says, so that jitter is exact.</summary>
internal sealed class FixedRandom(double value) : Random
{
    /// <summary>From 0 up to, but not, 1.</summary>
    public double Value { get; set; } = value;

    public override double NextDouble() => Value;

    protected override double Sample() => Value;
}
