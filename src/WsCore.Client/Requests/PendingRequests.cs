namespace WsCore.Client.Requests;

/// <summary>The requests that wait for an answer, bounded in number and bytes; joins, of which the session has a few at a time, do not count.</summary>
/// <remarks>Belongs to whoever holds the session's gate.</remarks>
internal sealed class PendingRequests(int maxCount, int maxBytes)
{
    private readonly Dictionary<long, Request> _byId = [];
    private int _count;
    private long _bytes;

    /// <summary>In the order in which they were made.</summary>
    public IEnumerable<Request> InOrder => _byId.Values.OrderBy(request => request.Id);

    /// <summary>There is no place for one of so many bytes.</summary>
    public bool IsFull(int bytes) => _count >= maxCount || _bytes + bytes > maxBytes;

    public void Add(Request request)
    {
        _byId.Add(request.Id, request);
        Count(request, 1);
    }

    public Request? Find(long id) => _byId.GetValueOrDefault(id);

    public bool Remove(Request request)
    {
        if (!_byId.Remove(request.Id))
        {
            return false;
        }

        Count(request, -1);
        request.Message.Withdraw();
        return true;
    }

    private void Count(Request request, int sign)
    {
        if (request.Joins is null)
        {
            _count += sign;
            _bytes += sign * request.Message.Bytes.Length;
        }
    }
}
