using WsCore.Connections;

namespace WsCore.Conflation;

/// <summary>The interval that a message opened for its key: what comes within it waits, and only the newest leaves at its end.</summary>
/// <remarks>Owned by the namespace's <see cref="Conflator"/>, under its gate.</remarks>
internal sealed class Window(RoomConflation room, byte[]? key, Connection? sender)
{
    public RoomConflation Room { get; } = room;

    /// <summary>Null where the key is the sender.</summary>
    public byte[]? Key { get; } = key;

    /// <summary>Null where there is a key.</summary>
    public Connection? Sender { get; } = sender;

    /// <summary>When it ends, on the conflator's clock.</summary>
    public long End { get; set; }

    /// <summary>What leaves at the end, if anything.</summary>
    public Conflated? Waiting { get; set; }

    /// <summary>Where it stands in the order of ends.</summary>
    public LinkedListNode<Window>? Place { get; set; }
}
