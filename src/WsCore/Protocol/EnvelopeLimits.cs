namespace WsCore.Protocol;

/// <summary>The limits of the protocol that the reader applies. <c>default</c> is not usable; <c>new()</c> is version 1's values.</summary>
/// <param name="MaxDepth">Levels of objects and arrays, the envelope being the first.</param>
/// <param name="MaxRoomsPerJoin">Entries of <c>rooms</c> in a <c>join</c> or <c>leave</c>.</param>
/// <param name="MaxRoomsPerBroadcast">Entries of <c>rooms</c> in a <c>broadcast</c>.</param>
/// <param name="MaxStateBytes">Bytes of a <c>state</c>, as it came.</param>
/// <param name="MaxAcks">Entries of <c>ids</c> in an <c>ack</c>.</param>
/// <param name="MaxUsers">Entries of <c>users</c> in an <c>online</c>.</param>
internal readonly record struct EnvelopeLimits(
    int MaxDepth,
    int MaxRoomsPerJoin = 128,
    int MaxRoomsPerBroadcast = 16,
    int MaxStateBytes = 1024,
    int MaxAcks = 1000,
    int MaxUsers = 100)
{
    public EnvelopeLimits()
        : this(32)
    {
    }

    public static EnvelopeLimits Default { get; } = new();
}
