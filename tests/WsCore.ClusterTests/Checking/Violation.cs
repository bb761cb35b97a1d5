namespace WsCore.ClusterTests.Checking;

/// <summary>A broken promise: what, and the last that the client saw of the room before it.</summary>
internal sealed record Violation(ViolationKind Kind, string Text, string Evidence)
{
    public override string ToString() => Evidence.Length == 0 ? $"{Kind}: {Text}" : $"{Kind}: {Text}\n{Evidence}";
}
