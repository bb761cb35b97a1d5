using WsCore.LoadTests.Machine;

namespace WsCore.LoadTests.Running;

/// <summary>Looks at a process once a second.</summary>
internal sealed class UsageMeter(ProcessProbe? probe)
{
    private const int DescriptorsEvery = 10; // counting them costs

    private double? _cpu = probe?.CpuSeconds;
    private int? _descriptors;
    private int _turn;

    public ProcessProbe? Probe => probe;

    /// <summary>What was used since the last time, so many seconds ago.</summary>
    public UsageSample Take(double seconds)
    {
        if (probe is null)
        {
            return UsageSample.None;
        }

        var (before, now) = (_cpu, probe.CpuSeconds);
        _cpu = now;
        _descriptors = _turn++ % DescriptorsEvery == 0 ? probe.Descriptors : _descriptors;
        return new UsageSample((now - before) / Math.Max(1e-3, seconds) * 100, probe.ResidentBytes, _descriptors);
    }
}
