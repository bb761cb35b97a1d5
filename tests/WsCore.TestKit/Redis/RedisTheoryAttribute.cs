using WsCore.TestKit.Processes;
using Xunit;

namespace WsCore.TestKit.Redis;

/// <summary>A theory that needs redis-server: visibly skipped without it, a failure with CI=true.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RedisTheoryAttribute : TheoryAttribute
{
    public RedisTheoryAttribute() => Skip = TestEnvironment.SkipUnlessRedis;
}
