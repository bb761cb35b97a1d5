namespace WsCore.ClientTests.Diagnostics;

/// <summary>Tests that must not hear the clients of others: all of a process count together.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountingGroup
{
    public const string Name = "counting";
}
