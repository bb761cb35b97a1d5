using WsCore.TestKit.Processes;
using Xunit;

namespace WsCore.TestKit.Redis;

/// <summary>A fact that needs redis-server: visibly skipped without it, a failure with CI=true.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = TestEnvironment.SkipUnlessRedis;
}
