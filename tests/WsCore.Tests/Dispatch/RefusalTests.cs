using WsCore.Dispatch;
using WsCore.Framing;
using WsCore.Protocol;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Dispatch;

/// <summary>What a refusal says where a connection has left its rooms because it closes.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TestNode _node = new();

    [Fact]
    public void NotJoined_OfAConnectionThatCloses_IsUnavailable_ForTheRequestMayBeMadeAgainOnTheNextOne()
    {
        var connection = _node.Connect().Connection;
        Assert.Equal(ErrorCodes.NotJoined, Refusal.NotJoined(connection, "'room' must be joined.").Code);

        connection.Close(CloseCodes.Drain, "The node is stopping.");

        Assert.Equal(ErrorCodes.Unavailable, Refusal.NotJoined(connection, "'room' must be joined.").Code);
    }

    public void Dispose() => _node.Dispose();
}
