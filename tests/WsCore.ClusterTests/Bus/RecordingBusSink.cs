using WsCore.Backplane;

namespace WsCore.ClusterTests.Bus;

/// <summary>A node that remembers what came from the others, and has one connection that every command concerns.</summary>
internal sealed class RecordingBusSink(string node) : IBackplaneSink
{
    public List<BusMessage> Messages { get; } = [];

    public List<NodeCommand> Commands { get; } = [];

    /// <summary>The lanes take more when this is complete.</summary>
    public Task Room { get; set; } = Task.CompletedTask;

    public NodeInfo Describe() => new(node, node, "", 0, default, default);

    public void Receive(in BusMessage message) => Messages.Add(message);

    public int Obey(NodeCommand command)
    {
        Commands.Add(command);
        return 1;
    }

    public ValueTask WaitForRoomAsync() => new(Room);
}
