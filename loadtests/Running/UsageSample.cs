namespace WsCore.LoadTests.Running;

/// <summary>What a process used in a second; null where that is not known.</summary>
/// <param name="Cpu">In percent of one core.</param>
/// <param name="Memory">Resident, in bytes.</param>
/// <param name="Descriptors">Open ones.</param>
internal sealed record UsageSample(double? Cpu, long? Memory, int? Descriptors)
{
    public static UsageSample None { get; } = new(null, null, null);
}
