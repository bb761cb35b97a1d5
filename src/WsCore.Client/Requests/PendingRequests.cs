namespace WsCore.Client.Requests;

/// <summary>The requests that wait for an answer, bounded in number and bytes.</summary>
/// <remarks>Belongs to whoever holds the session's gate.</remarks>
internal sealed class PendingRequests(int maxCount, int maxBytes)
{
    private readonly Dictionary<long, Request> _byId = [];
    private long _bytes;

    /// <summary>In the order in which they were made.</summary>
    public IEnumerable<Request> InOrder => _byId.Values.OrderBy(request => request.Id);

    /// <summary>There is no place for one of so many bytes.</summary>
    public bool IsFull(int bytes) => _byId.Count >= maxCount || _bytes + bytes > maxBytes;

    public void Add(Request request)
    {
        _byId.Add(request.Id, request);
        _bytes += request.Message.Bytes.Length;
    }

    public Request? Find(long id) => _byId.GetValueOrDefault(id);

    public bool Remove(Request request)
    {
        if (!_byId.Remove(request.Id))
        {
            return false;
        }

        _bytes -= request.Message.Bytes.Length;
        request.Message.Withdraw();
        return true;
    }
}
