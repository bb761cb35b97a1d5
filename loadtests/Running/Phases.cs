namespace WsCore.LoadTests.Running;

/// <summary>What a run does after another.</summary>
internal static class Phases
{
    public const string Init = "init";
    public const string WarmUp = "warm-up";
    public const string Load = "load";
    public const string Settle = "settle";
    public const string Clean = "clean";
}
