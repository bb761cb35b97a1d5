using WsCore.Rooms;

namespace WsCore.Backplane;

/// <summary>The way from a node to the others, for what is in no history.</summary>
/// <remarks>
/// Thread-safe. Nothing here waits for the network but <see cref="OpenAsync"/>, and that not while the network is known to be away. What the others send comes to the
/// <see cref="IBackplaneSink"/> that the node gave; what this node sends does not come back to it.
/// </remarks>
internal interface IBackplane
{
    /// <summary>There are no other nodes, and never will be: nothing need be made for them. Does not change.</summary>
    bool IsAlone { get; }

    /// <summary>Null while messages reach the other nodes; else a sentence that says why they do not. Readiness hangs on it.</summary>
    string? Problem { get; }

    /// <summary>Whether the queue to the others takes more, or nobody need care because the others cannot be reached. Asked before a message is delivered here: where
    /// it is false the message is refused as <c>unavailable</c>.</summary>
    bool HasRoom { get; }

    /// <summary>The node of the sink begins to live; once, before anything else.</summary>
    void Start(IBackplaneSink sink);

    /// <summary>This node has somebody in a room from now on: once for each <see cref="Close"/> to come, before the first member enters. Completes when messages of
    /// the others arrive, or at once while they cannot. Where it fails it is closed all the same.</summary>
    ValueTask OpenAsync(RoomName room);

    /// <summary>Nobody is in the room any more. Under no lock. It may have a next life by now: what counts is how often each was called.</summary>
    void Close(RoomName room);

    /// <summary>Takes a message into the queue to the others. Never blocks and never fails: what finds the queue full is dropped and counted. May be called under the
    /// gate of a conflated namespace, so it calls nothing of this node's.</summary>
    void Publish(in BusMessage message);

    /// <summary>Asks every node to do something to its connections, and adds up what they did; this node's own part is not in it.</summary>
    /// <exception cref="UnavailableException">The others cannot be reached, or one that lives did not answer in time.</exception>
    ValueTask<int> CommandAsync(NodeCommand command);

    /// <summary>The nodes that live now, this one included.</summary>
    /// <exception cref="UnavailableException">It cannot be known now.</exception>
    ValueTask<IReadOnlyList<NodeInfo>> NodesAsync();
}
