namespace WsCore.Redis.Bus;

/// <summary>What goes over the bus: who sends what to whom, and the ready-made message.</summary>
/// <remarks>The memories are parts of what arrived, which is not changed afterwards.</remarks>
internal readonly record struct BusEnvelope
{
    public BusKind Kind { get; init; }

    public BusFlags Flags { get; init; }

    /// <summary>The sender's <see cref="WsCore.Backplane.NodeInfo.Id"/>.</summary>
    public string Node { get; init; }

    /// <summary>The room's name, or the namespace; empty where neither is meant.</summary>
    public ReadOnlyMemory<byte> Target { get; init; }

    /// <summary>The server's id of the message: one of its own for each, on all nodes.</summary>
    public UInt128 Id { get; init; }

    /// <summary>Of a numbered message: which its number belongs to. Else empty.</summary>
    public string Epoch { get; init; }

    /// <summary>Of a numbered message: where in the payload its number is to be written.</summary>
    public int SlotOffset { get; init; }

    /// <summary>Of a numbered message: how wide that place is.</summary>
    public int SlotWidth { get; init; }

    /// <summary>The key of a conflated message; else empty.</summary>
    public ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>The message as its receivers get it, without the frame's header; or what the kind says.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What a script wrote in front of the envelope, and so is not authenticated: of a numbered message 8 bytes, its number; of a change in presence what its script says. Else empty.</summary>
    public ReadOnlyMemory<byte> Preamble { get; init; }
}
