namespace WsCore.Backplane;

/// <summary>What gets the messages of other nodes.</summary>
internal interface IBackplaneSink
{
    /// <summary>What this node tells the others of itself.</summary>
    NodeInfo Describe();

    /// <summary>A message of another node, to be delivered to the members here. Those of one sender and room come in its order, one at a time. Must not block.</summary>
    void Receive(in BusMessage message);

    /// <summary>Another node's command. Returns how many connections it concerned. Must not block.</summary>
    int Obey(NodeCommand command);

    /// <summary>Completes when the lanes take more; whoever receives awaits it before the next message.</summary>
    ValueTask WaitForRoomAsync();
}
