namespace WsCore.ClusterTests.Link;

/// <summary>Tests of promises in seconds: nothing else runs meanwhile, whose work would count against them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TimedGroup
{
    public const string Name = "Timed";
}
