using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Rooms;

namespace WsCore.Conflation;

/// <summary>The open windows of one room.</summary>
/// <remarks>
/// <see cref="Publish"/> and <see cref="End"/> are thread-safe; the rest belongs to the <see cref="Conflator"/>, under its gate. Not to be called under the room's gate,
/// which is taken within.
/// </remarks>
internal sealed class RoomConflation(Conflator conflator, Room room)
{
    /// <summary>Keys that a room remembers; one more, and what waits leaves early.</summary>
    public const int MaxKeys = 1024;

    private readonly Dictionary<byte[], Window> _byKey = new(KeyComparer.Instance);
    private readonly Dictionary<Connection, Window> _bySender = [];

    public Room Room { get; } = room;

    /// <summary>Open windows.</summary>
    public int Count => _byKey.Count + _bySender.Count;

    public IEnumerable<Window> Windows => _byKey.Values.Concat(_bySender.Values);

    /// <summary>The room has ended; nothing more is taken.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Takes a message of this node: it leaves at once, for the members here and for other nodes, or it is the newest of its key until the window ends.</summary>
    /// <param name="frame">An ephemeral one.</param>
    /// <param name="key">Raw bytes; empty: the sender is the key.</param>
    /// <param name="sender">Null: the application.</param>
    /// <param name="except">The connection that does not get it.</param>
    public void Publish(Frame frame, ReadOnlySpan<byte> key, Connection? sender, Connection? except) =>
        conflator.Publish(this, key.IsEmpty && sender is null ? SenderKey.Application : key, new Conflated(frame, except), sender);

    /// <summary>Takes a message that has left another node: the same, but it goes no further than to the members here. Runs no lane on the caller's thread.</summary>
    /// <param name="frame">An ephemeral one.</param>
    /// <param name="key">Its key, or its <see cref="SenderKey"/>.</param>
    public void Receive(Frame frame, ReadOnlySpan<byte> key) =>
        conflator.Publish(this, key, new Conflated(frame, Except: null, IsForeign: true), sender: null);

    /// <summary>The room's last member here has left: what waits goes to the other nodes only.</summary>
    public void End() => conflator.End(this);

    /// <param name="key">Empty: the sender is the key.</param>
    /// <param name="sender">Looked at only then.</param>
    public Window? Find(ReadOnlySpan<byte> key, Connection? sender)
    {
        Window? window;
        _ = key.IsEmpty
            ? _bySender.TryGetValue(sender!, out window)
            : _byKey.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out window);
        return window;
    }

    /// <inheritdoc cref="Find"/>
    public Window Open(ReadOnlySpan<byte> key, Connection? sender)
    {
        Window window;
        if (key.IsEmpty)
        {
            window = new Window(this, key: null, sender);
            _bySender.Add(sender!, window);
        }
        else
        {
            window = new Window(this, key.ToArray(), sender: null);
            _byKey.Add(window.Key!, window);
        }

        return window;
    }

    public void Close(Window window)
    {
        _ = window.Key is { } key ? _byKey.Remove(key) : _bySender.Remove(window.Sender!);
    }

    public void Clear()
    {
        _byKey.Clear();
        _bySender.Clear();
    }
}
