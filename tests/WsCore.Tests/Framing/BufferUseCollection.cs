namespace WsCore.Tests.Framing;

/// <summary>Tests that watch the allocator or the pool: they run alone, for listening to the pool makes every rent allocate.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BufferUseCollection
{
    public const string Name = "Buffer use";
}
