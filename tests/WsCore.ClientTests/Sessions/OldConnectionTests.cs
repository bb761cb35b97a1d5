using System.Text;
using WsCore.Client.Connections;
using WsCore.Client.Sessions;
using WsCore.Client.Wire;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Sessions;

/// <summary>A session to which connections speak that are not its own any more, or never were.</summary>
public sealed class OldConnectionTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Session _session;

    public OldConnectionTests() => _session = new Session(new WsClientOptions { Time = _clock });

    private IFrameSink Sink => _session;

    [Fact]
    public async Task What_the_one_before_still_says_is_not_listened_to()
    {
        var (old, current) = (Create(), Create());
        Receive(old, new WelcomeText { User = "ada" }.ToString());
        Receive(current, new WelcomeText { Connection = "c2", User = "ada" }.ToString());
        var asking = _session.AskAsync(id => RequestFrames.PingFor(id), isRepeatable: true, TimeSpan.FromSeconds(4), default, CancellationToken.None);
        Receive(old, """{"type":"pong","id":"1"}""");
        Receive(old, """{"type":"error","code":"odd","message":"."}""");
        Receive(old, """{"type":"message","to":"ada","time":1,"payload":"old"}""");
        Receive(current, """{"type":"message","to":"ada","time":1,"payload":"current"}""");
        Assert.False(asking.IsCompleted);
        Receive(current, """{"type":"pong","id":"1"}""");
        await asking.WithTimeout(ScriptedConnection.Patience);
        _session.Close(new ObjectDisposedException("."));

        Assert.Equal(["\"current\""], await _session.ReadMessagesAsync(CancellationToken.None).Select(message => message.Payload.ToString()).ToArrayAsync());
        Assert.Equal(["c1", "c2"], await _session.ReadEventsAsync(CancellationToken.None).Select(told => Assert.IsType<ConnectedEvent>(told).Welcome.Connection).ToArrayAsync());
    }

    [Fact]
    public void The_end_of_the_one_before_ends_nothing()
    {
        var (old, current) = (Create(), Create());
        Receive(old, new WelcomeText().ToString());
        Receive(current, new WelcomeText { Connection = "c2" }.ToString());
        Sink.Ended(old);
        Assert.Equal((true, current), (_session.IsReady, _session.Connection));

        Sink.Ended(current);
        Assert.Equal((false, null), (_session.IsReady, _session.Connection));
    }

    [Fact]
    public async Task One_that_is_welcomed_when_the_client_has_ended_is_let_go()
    {
        var late = Create();
        late.Start();
        _session.Refuse(new ObjectDisposedException("."));
        Receive(late, new WelcomeText().ToString());

        Assert.Equal(1006, (await late.Ended.WithTimeout(ScriptedConnection.Patience)).Code);
        Assert.Null(_session.Connection);
    }

    private Connection Create() => new(ScriptedConnection.CreatePair().Client, _session, maxPostBytes: 1000, _clock);

    private void Receive(Connection connection, string json) => Sink.Receive(connection, Encoding.UTF8.GetBytes(json), isBinary: false);
}
