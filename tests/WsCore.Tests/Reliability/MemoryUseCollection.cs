namespace WsCore.Tests.Reliability;

/// <summary>Tests that measure what the process keeps, and so run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryUseCollection
{
    public const string Name = "memory use";
}
