namespace WsCore.Tests.Simulation;

/// <summary>What a step is.</summary>
internal enum StepKind
{
    Turn,
    CatchUp,
    Signal,
    Hook,
    Store,
    EndOfWrite,
    ServerReads,
    ClientReads,
    Client,
    Network,
    Tick,
}
