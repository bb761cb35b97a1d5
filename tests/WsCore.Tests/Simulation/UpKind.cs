namespace WsCore.Tests.Simulation;

/// <summary>What a client sends.</summary>
internal enum UpKind
{
    Text,
    Pong,
    Close,
    End,
}
