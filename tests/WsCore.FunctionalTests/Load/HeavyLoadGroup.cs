namespace WsCore.FunctionalTests.Load;

/// <summary>Tests that want the machine for themselves: thousands of sockets, hundreds of megabytes.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeavyLoadGroup
{
    public const string Name = "heavy load";
}
