using WsCore.Backplane;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.Bus;

/// <summary>The way to the other nodes through Redis' channels: one for each room, one for each namespace, one for everybody, one for each node.</summary>
/// <remarks>
/// Thread-safe. A room's channels are wanted while somebody is in it; the link keeps them for a while longer. What arrives is handed on by one consumer, in the order in which Redis told it, and waits
/// for the lanes. While Redis is away the queue takes what it can, and nobody is refused for it: the room goes on here, and what does not fit is dropped and counted (<c>wscore.bus.dropped</c>).
/// </remarks>
/// <param name="link">The link; not started yet.</param>
/// <param name="codec">Signs and checks.</param>
/// <param name="keys">Of every channel.</param>
/// <param name="calls">Commands.</param>
/// <param name="nodes">Which nodes live; fails with <see cref="UnavailableException"/>.</param>
internal sealed class RedisBackplane(IRedisLink link, BusCodec codec, RedisKeys keys, NodeCalls calls, Func<ValueTask<IReadOnlyList<NodeInfo>>> nodes) : IBackplane
{
    private readonly OpenRooms _rooms = new();
    private IBackplaneSink? _sink;
    private string _node = "";

    public bool IsAlone => false;

    public string? Problem => link.Problem;

    public bool HasRoom => link.HasRoom || !link.TakesCalls;

    /// <summary>Rooms that are open here; for tests.</summary>
    internal int Rooms => _rooms.Count;

    public void Start(IBackplaneSink sink)
    {
        _sink = calls.Sink = sink;
        _node = sink.Describe().Id;
        link.On(BusKind.Message, (_, envelope) => ReceiveAsync(envelope));
        link.On(BusKind.Command, (_, envelope) => calls.ReceiveAsync(envelope));
    }

    public async ValueTask OpenAsync(RoomName room)
    {
        _rooms.Add(room);
        var (messages, announcements) = (link.OpenAsync(keys.Room(room)), link.OpenAsync(keys.Namespace(room.Namespace)));
        await messages.ConfigureAwait(false);
        await announcements.ConfigureAwait(false);
    }

    public void Close(RoomName room)
    {
        _rooms.Remove(room);
        link.Close(keys.Room(room));
        link.Close(keys.Namespace(room.Namespace));
    }

    public void Publish(in BusMessage message) => link.TryPublish(
        message.Target switch
        {
            BusTarget.Room => keys.Room(message.Room!),
            BusTarget.Namespace => keys.Namespace(message.Namespace!),
            _ => keys.Everybody,
        },
        codec.Write(MessageCodec.Write(message, _node))); // the link counts what it does not take

    public async ValueTask<int> CommandAsync(NodeCommand command)
    {
        if (link.Problem is { } problem)
        {
            // A hook that lets it through tells a client: the end point is for the log.
            throw new UnavailableException("The other nodes cannot be reached at the moment; repeat it later.", new UnavailableException(problem));
        }

        return await calls.AskAsync(command, await nodes().ConfigureAwait(false)).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<NodeInfo>> NodesAsync() => nodes();

    // The target is what the sender signed; the channel is Redis' word, so a message goes where it was meant to go whatever brought it.
    private ValueTask ReceiveAsync(in BusEnvelope envelope)
    {
        if (envelope.Node == _node)
        {
            return default;
        }

        RoomName? room = null;
        if (MessageCodec.IsForRoom(envelope) && (room = _rooms.Find(envelope.Target.Span)) is null)
        {
            return default;
        }

        var waiting = _sink!.WaitForRoomAsync();
        if (!waiting.IsCompletedSuccessfully)
        {
            return ReceiveAfterAsync(waiting, envelope, room);
        }

        _sink.Receive(MessageCodec.Read(envelope, room));
        return default;
    }

    private async ValueTask ReceiveAfterAsync(ValueTask waiting, BusEnvelope envelope, RoomName? room)
    {
        await waiting.ConfigureAwait(false);
        _sink!.Receive(MessageCodec.Read(envelope, room));
    }
}
