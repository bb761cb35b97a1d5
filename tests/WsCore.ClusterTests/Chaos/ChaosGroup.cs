namespace WsCore.ClusterTests.Chaos;

/// <summary>Tests that want the machine for themselves: several servers, and clients that publish at full speed.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChaosGroup
{
    public const string Name = "chaos";
}
