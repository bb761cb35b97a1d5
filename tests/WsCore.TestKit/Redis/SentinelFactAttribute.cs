using WsCore.TestKit.Processes;
using Xunit;

namespace WsCore.TestKit.Redis;

/// <summary>A fact that needs redis-server and redis-sentinel: visibly skipped without them, a failure with CI=true.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SentinelFactAttribute : FactAttribute
{
    public SentinelFactAttribute() => Skip = TestEnvironment.SkipUnlessRedis ?? TestEnvironment.SkipUnlessSentinel;
}
