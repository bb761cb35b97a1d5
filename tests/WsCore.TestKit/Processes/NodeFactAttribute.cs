using Xunit;

namespace WsCore.TestKit.Processes;

/// <summary>A fact that needs Node.js and the package ws: visibly skipped without it, a failure with CI=true.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = TestEnvironment.SkipUnlessNode;
}
