using WsCore.LoadTests.Machine;

namespace WsCore.LoadTests.Running;

/// <summary>Looks at a process once a second.</summary>
internal sealed class UsageMeter(ProcessProbe? probe)
{
    private double? _cpu = probe?.CpuSeconds;
    private int? _descriptors;

    public ProcessProbe? Probe => probe;

    /// <summary>What was used since the last time.</summary>
    /// <param name="seconds">How long ago that was.</param>
    /// <param name="descriptors">Count the descriptors too, which costs milliseconds where they are many; else as the last time.</param>
    public UsageSample Take(double seconds, bool descriptors)
    {
        if (probe is null)
        {
            return UsageSample.None;
        }

        var (before, now) = (_cpu, probe.CpuSeconds);
        _cpu = now;
        _descriptors = descriptors || _descriptors is null ? probe.Descriptors : _descriptors;
        return new UsageSample((now - before) / Math.Max(1e-3, seconds) * 100, probe.ResidentBytes, _descriptors);
    }
}
