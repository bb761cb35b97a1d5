using System.Reflection;
using WsCore.Backplane;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Dispatch;
using WsCore.Framing;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Hosting;

/// <summary>Does on this node what other nodes publish and ask for.</summary>
/// <remarks>Thread-safe. A message's lanes are run elsewhere, so that whoever receives for the whole node is not held up by sockets.</remarks>
internal sealed class NodeSink(Node node) : IBackplaneSink
{
    private static readonly string Version =
        typeof(NodeSink).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private readonly DateTimeOffset _started = node.Time.GetUtcNow();

    public NodeInfo Describe() => new(node.Id.Text, node.Name, Version, node.Connections.Count, _started, TimeSpan.Zero);

    public void Receive(in BusMessage message)
    {
        switch (message.Target)
        {
            case BusTarget.Room:
                node.Rooms.Find(message.Room!)?.Receive(message.Frame, message.Key.Span);
                break;
            case BusTarget.Namespace:
                node.Lanes.Continue(Enqueue(ConnectionsIn(message.Namespace!), message.Frame));
                break;
            case BusTarget.Everybody:
                node.Lanes.Continue(Enqueue(node.Connections, message.Frame));
                break;
        }
    }

    public int Obey(NodeCommand command) => command.Kind switch
    {
        NodeCommandKind.Disconnect => Disconnect(node.Connections.Find(command.Who) is { } connection ? [connection] : [], command.Reason ?? ""),
        NodeCommandKind.DisconnectUser => Disconnect(ConnectionsOf(command.Who), command.Reason ?? ""),
        NodeCommandKind.Remove => Remove(command.Room, connection => connection.Id == command.Who),
        NodeCommandKind.RemoveUser => Remove(command.Room, connection => connection.User == command.Who),
        _ => 0, // of a node that is newer than this one
    };

    public ValueTask WaitForRoomAsync() => node.Lanes.WaitForRoomAsync();

    /// <summary>Everybody who is in any room of a namespace, each once.</summary>
    public IEnumerable<Connection> ConnectionsIn(string name) =>
        node.Rooms.All(name).SelectMany(room => room.Snapshot()).Select(membership => membership.Connection).Distinct();

    /// <summary>Hands a message to each of these connections' lanes.</summary>
    /// <returns>Lanes that are the caller's to run.</returns>
    public static ulong Enqueue(IEnumerable<Connection> connections, Frame frame)
    {
        ulong owned = 0;
        foreach (var group in connections.Select(connection => connection.Outbox).GroupBy(outbox => outbox.Lane))
        {
            if (group.Key.Enqueue(LaneItem.DeliverEach([.. group], frame)))
            {
                owned |= 1UL << group.Key.Index;
            }
        }

        return owned;
    }

    private Connection[] ConnectionsOf(string user) =>
        RoomName.TryParse($"{RoomName.PersonalNamespace}:{user}", out var name, out _) && node.Rooms.Find(name) is { } room
            ? [.. room.Snapshot().Select(membership => membership.Connection)]
            : [];

    private static int Disconnect(Connection[] connections, string reason)
    {
        foreach (var connection in connections)
        {
            connection.Close(CloseCodes.Disconnected, reason);
        }

        return connections.Length;
    }

    private int Remove(string? room, Func<Connection, bool> chosen)
    {
        if (room is null || !RoomName.TryParse(room, out var name, out _) || name.IsPersonal)
        {
            return 0;
        }

        var removed = 0;
        var farewell = Replies.Make(name, static (buffer, name) => EnvelopeWriter.Removed(buffer, name.Json.Span, ErrorCodes.Forbidden));
        foreach (var membership in node.Rooms.Find(name)?.Snapshot() ?? [])
        {
            if (chosen(membership.Connection) && membership.Leave(farewell))
            {
                removed++;
            }
        }

        return removed;
    }
}
