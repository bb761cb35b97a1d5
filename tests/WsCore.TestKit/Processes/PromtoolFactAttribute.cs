using Xunit;

namespace WsCore.TestKit.Processes;

/// <summary>A fact that needs promtool: visibly skipped without it, everywhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute() => Skip = TestEnvironment.Promtool is null ? "promtool (of Prometheus) is not on this machine." : null;
}
