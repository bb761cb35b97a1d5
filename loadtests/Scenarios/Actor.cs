using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Raw;

namespace WsCore.LoadTests.Scenarios;

/// <summary>A connection whose task is to misbehave, or to help with it: what it is told counts as neither an error nor a delivery.</summary>
internal sealed class Actor : IPeerEvents
{
    private readonly ScenarioContext _context;
    private int _closeCode;

    public Actor(ScenarioContext context, int receiveBuffer = 0)
    {
        _context = context;
        Peer = new RawPeer(context.Target, context.Clock, context.Metrics, this) { ReceiveBuffer = receiveBuffer };
    }

    public RawPeer Peer { get; }

    /// <summary>How the server closed it; 0 while it has not.</summary>
    public int CloseCode => Volatile.Read(ref _closeCode);

    public void OnMessage(in Stamp stamp, long seq, string? reliableId, int attempt, bool recovered)
    {
    }

    public void OnForeignMessage()
    {
    }

    public void OnError(string code) => _context.Metrics.Refusals.Add(code);

    public void OnClosed(int code)
    {
        Volatile.Write(ref _closeCode, code);
        _context.Metrics.ExpectedCloses.Add($"{code}");
    }

    public void OnReconnected()
    {
    }

    public void OnGap()
    {
    }
}
