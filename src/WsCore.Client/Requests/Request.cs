using WsCore.Client.Connections;
using WsCore.Client.Rooms;
using WsCore.Client.Wire;

namespace WsCore.Client.Requests;

/// <summary>What was asked and is not answered yet.</summary>
internal sealed class Request(long id, Outbound message)
{
    private readonly TaskCompletionSource<Reply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Id => id;

    public Outbound Message => message;

    /// <summary>It does no harm to ask again, on this connection or the next.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Until when it is worth asking again.</summary>
    public long Due { get; init; }

    /// <summary>The rooms that the client has to be in for it.</summary>
    public RequestRooms Rooms { get; init; }

    /// <summary>Of a join: which rooms, in the order asked.</summary>
    public IReadOnlyList<Room>? Joins { get; init; }

    /// <summary>It has been sent at least once.</summary>
    public bool IsSent { get; set; }

    public Task<Reply> Reply => _reply.Task;

    public void Complete(Reply reply) => _reply.TrySetResult(reply);

    public void Fail(Exception error)
    {
        _reply.TrySetException(error);
        _ = _reply.Task.Exception; // seen: whoever asked may have gone
    }
}
