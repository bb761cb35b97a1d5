using WsCore.Client.Connections;
using WsCore.Client.Requests;

namespace WsCore.ClientTests.Requests;

/// <summary>Of which there may be two, with ten bytes.</summary>
public sealed class PendingRequestsTests
{
    private readonly PendingRequests _pending = new(maxCount: 2, maxBytes: 10);

    [Fact]
    public void IsFull_ByBytes_FromTheFirstThatIsTooMany()
    {
        Assert.Equal((false, true), (_pending.IsFull(10), _pending.IsFull(11)));
        var request = Create(1, 4);
        _pending.Add(request);
        Assert.Equal((false, true), (_pending.IsFull(6), _pending.IsFull(7)));
        Assert.True(_pending.Remove(request));
        Assert.False(_pending.Remove(request));
        Assert.Equal((false, true), (_pending.IsFull(10), _pending.IsFull(11)));
    }

    [Fact]
    public void IsFull_ByNumber_JoinsDoNotCount()
    {
        var join = new Request(1, new Outbound(new byte[10], isBinary: false)) { Joins = [] };
        _pending.Add(join);
        _pending.Add(Create(2, 1));
        Assert.False(_pending.IsFull(9));
        _pending.Add(Create(3, 1));
        Assert.True(_pending.IsFull(1));
        Assert.True(_pending.Remove(join));
        Assert.True(_pending.IsFull(1));
    }

    private static Request Create(long id, int bytes) => new(id, new Outbound(new byte[bytes], isBinary: false));
}
