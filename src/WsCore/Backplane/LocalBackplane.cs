using WsCore.Rooms;

namespace WsCore.Backplane;

/// <summary>Of a node that stands alone: there are no others.</summary>
internal sealed class LocalBackplane : IBackplane
{
    private IBackplaneSink? _sink;

    public bool IsAlone => true;

    public string? Problem => null;

    public bool HasRoom => true;

    public void Start(IBackplaneSink sink) => _sink = sink;

    public ValueTask OpenAsync(RoomName room) => default;

    public void Close(RoomName room)
    {
    }

    public void Publish(in BusMessage message)
    {
    }

    public ValueTask<int> CommandAsync(NodeCommand command) => new(0);

    public ValueTask<IReadOnlyList<NodeInfo>> NodesAsync() => new([_sink!.Describe()]);
}
