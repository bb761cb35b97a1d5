using WsCore.LoadTests.Scenarios;
using WsCore.TestKit.Time;

namespace WsCore.LoadTests.Tests.Raw;

public sealed class RawPeerTests : IDisposable
{
    private readonly ScriptedServer _server = new();
    private readonly ScenarioContext _context;
    private readonly Actor _actor;

    public RawPeerTests()
    {
        _context = new ScenarioContext(new ScenarioOptions { Url = _server.Address, Sources = "none" }, TimeProvider.System);
        _actor = new Actor(_context);
    }

    public static TheoryData<string, byte[]> BadFrames => new()
    {
        { "no JSON", [0x81, 3, .. "{,}"u8] },
        { "a negative length", [0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0] },
        { "a number that is none", [0x81, 34, .. """{"type":"message","seq":"first"}  """u8] },
    };

    public void Dispose()
    {
        _context.Dispose();
        _server.Dispose();
    }

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task ABadFrame_IsAnErrorAndEndsTheConnection(string what, byte[] frame)
    {
        await Task.WhenAll(_actor.Peer.ConnectAsync(CancellationToken.None), _server.WelcomeAsync()).WithTimeout();

        await _server.SendAsync(frame);

        await Eventually.Is(() => _actor.CloseCode != 0, what);
        Assert.Equal((1, 1006), (_context.Metrics.Errors.Of("bad-frame"), _actor.CloseCode));
        await _actor.Peer.DisposeAsync().AsTask().WithTimeout();
    }
}
