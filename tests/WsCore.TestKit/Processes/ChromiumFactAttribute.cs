using Xunit;

namespace WsCore.TestKit.Processes;

/// <summary>A fact that needs Chromium: visibly skipped without it, a failure with CI=true.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = TestEnvironment.SkipUnlessChromium;
}
