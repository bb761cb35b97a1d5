using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Framing;
using WsCore.Heartbeat;
using WsCore.Hosting;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Heartbeat;

/// <summary>Interval 25 s and timeout 10 s, message 30 s, close 5 s, stall 10 s: the defaults.</summary>
public sealed class HeartbeatSweeperTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly TestConnection _client;

    public HeartbeatSweeperTests()
    {
        _client = _node.Connect();
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Silence_OnePingAfterTheInterval_ThenCloseAfterTheTimeout()
    {
        Sweep(24);
        Assert.Empty(_client.Output.Frames);
        Sweep(2);
        Assert.Equal(Opcode.Ping, Assert.Single(_client.Output.Frames).Opcode);
        Sweep(8);
        Assert.Single(_client.Output.Frames);
        Assert.False(_client.Connection.IsClosing);
        Sweep(3);

        Assert.Equal(CloseCodes.HeartbeatLost, _client.Output.Frames[1].CloseCode);
        Assert.Equal(CloseCodes.HeartbeatLost, _client.Connection.CloseCode);
    }

    [Fact]
    public void Silence_OfAProcessThatStoodStill_IsNotThePeers()
    {
        Sweep(26);
        _node.Clock.Advance(TimeSpan.FromMinutes(10)); // stopped with a ping on its way; the pong waits in the transport
        Sweep(1);
        Assert.False(_client.Connection.IsClosing);

        Sweep(8);
        Assert.False(_client.Connection.IsClosing);
        Sweep(3);
        Assert.Equal(CloseCodes.HeartbeatLost, _client.Connection.CloseCode);
    }

    [Fact]
    public void Sweep_AConnectionThatFails_KeepsNoneOfTheOthersFromBeingSeen()
    {
        TestConnection[] others = [_node.Connect(), _node.Connect(), _node.Connect()];
        foreach (var connection in (TestConnection[])[_client, .. others])
        {
            connection.Connection.Close(CloseCodes.Normal, "");
        }

        _client.Output.OnAbort = () => throw new InvalidOperationException("on purpose");
        _node.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Throws<AggregateException>(() => _node.Node.Sweeper.Sweep());
        Assert.All(others, other => Assert.Equal(1, other.Output.Aborts));
    }

    [Fact]
    public void Life_AfterThePing_StartsOver()
    {
        Sweep(26);
        Sweep(8);
        _client.Connection.LastReceived = _node.Node.Clock.Now;
        Sweep(24);
        Assert.Single(_client.Output.Frames);
        Assert.False(_client.Connection.IsClosing);

        Sweep(2); // silent again
        Assert.Equal(2, _client.Output.Frames.Count(frame => frame.Opcode == Opcode.Ping));
        Sweep(12);
        Assert.True(_client.Connection.IsClosing);
    }

    [Fact]
    public void Life_BeforeTheInterval_NoPingEver()
    {
        for (var i = 0; i < 20; i++)
        {
            Sweep(20);
            _client.Connection.LastReceived = _node.Node.Clock.Now;
        }

        Assert.Empty(_client.Output.Frames);
    }

    [Fact]
    public void FirstSweepAfterALongPause_AsksBeforeItCloses()
    {
        _node.Clock.Advance(TimeSpan.FromMinutes(10)); // the machine slept
        _node.Node.Sweeper.Sweep();

        Assert.Equal(Opcode.Ping, Assert.Single(_client.Output.Frames).Opcode);
        Assert.False(_client.Connection.IsClosing);
    }

    [Fact]
    public void MessageThatDoesNotEnd_ClosesWith1008()
    {
        Sweep(1);
        _client.Connection.MessageBegan = _node.Node.Clock.Now;
        for (var i = 0; i < 29; i++)
        {
            Sweep(1);
            _client.Connection.LastReceived = _node.Node.Clock.Now; // byte by byte
        }

        Assert.False(_client.Connection.IsClosing);
        Sweep(2);
        Assert.Equal(CloseCodes.PolicyViolation, Assert.Single(_client.Output.Frames).CloseCode);
        Assert.Contains("30 s", _client.Connection.CloseReason);
    }

    [Fact]
    public void CloseWithoutAnswer_IsCutAfterTheCloseTimeout()
    {
        Sweep(1);
        _client.Connection.Close(CloseCodes.Normal, "bye");
        Sweep(4);
        Assert.Equal(0, _client.Output.Aborts);

        Sweep(2);
        Assert.InRange(_client.Output.Aborts, 1, 2);
        Assert.Single(_client.Output.Frames); // no ping, no second close
        Assert.Equal(1, _node.Node.Sweeper.Cut);
    }

    [Fact]
    public void SlowReader_IsCutAfterTheStallTimeout()
    {
        Sweep(1);
        _client.Output.Block();
        var most = _node.Node.Options.Outbox.BurstBytes;
        _client.Connection.Send(TestFrames.OfWireLength(most));
        _client.Connection.Send(TestFrames.OfWireLength(most));
        Assert.Equal(CloseCodes.SlowReader, _client.Connection.CloseCode);
        Sweep(9);
        Assert.Equal(0, _client.Output.Aborts);

        Sweep(2);
        Assert.NotEqual(0, _client.Output.Aborts);
    }

    [Fact]
    public void Settings_AreFollowed()
    {
        using var node = new TestNode(options =>
        {
            options.Heartbeat.Interval = TimeSpan.FromSeconds(2);
            options.Heartbeat.Timeout = TimeSpan.FromSeconds(3);
        });
        var client = node.Connect();
        Sweep(node, 4);
        Assert.Single(client.Output.Frames);
        Sweep(node, 3);
        Assert.True(client.Connection.IsClosing);
    }

    [Fact]
    public void Sweep_WhileAnotherIsAtWork_IsLeftOut()
    {
        var sweeps = 0;
        _client.Output.OnWrite = () =>
        {
            sweeps++;
            _node.Clock.Advance(TimeSpan.FromMinutes(1));
            _node.Node.Sweeper.Sweep(); // a tick in the middle of the sweep
            _node.Node.Sweeper.Sweep();
        };
        _node.Clock.Advance(TimeSpan.FromSeconds(26));
        var before = _node.Node.Clock.Now;
        _node.Node.Sweeper.Sweep();

        Assert.Equal(1, sweeps);
        Assert.Single(_client.Output.Frames);
        Assert.InRange(_node.Node.Clock.Now - before, 25_000, 27_000);
    }

    [Fact]
    public void Sweep_LooksOnlyAtThoseWhoMayBeDue()
    {
        for (var i = 0; i < 99; i++)
        {
            _node.Connect();
        }

        Sweep(1);
        Assert.Equal(100, _node.Node.Sweeper.Looked); // the first time, to find out when
        for (var second = 2; second < 25; second++)
        {
            Sweep(1);
            Assert.Equal(0, _node.Node.Sweeper.Looked);
        }

        for (var i = 0; i < 2 && _client.Connection.Pinged == 0; i++) // 25 s, or what rounding makes of them
        {
            Sweep(1);
        }

        Assert.Equal(100, _node.Node.Connections.Count(connection => connection.Pinged != 0));
        foreach (var connection in _node.Node.Connections)
        {
            connection.LastReceived = _node.Node.Clock.Now;
        }

        Sweep(2);
        Assert.All(_node.Node.Connections, connection => Assert.Equal(0, connection.Pinged)); // the pongs were seen soon
        Sweep(1);
        Assert.Equal(0, _node.Node.Sweeper.Looked);
    }

    [Fact]
    public void Close_AskedForWhileNobodyIsDue_OnlyThatConnectionIsLookedAt()
    {
        _node.Connect();
        Sweep(3);
        _client.Connection.Close(CloseCodes.Normal, "");
        Sweep(1);
        Assert.Equal(1, _node.Node.Sweeper.Looked);
        Sweep(1);
        Assert.Equal(0, _node.Node.Sweeper.Looked); // its time-out is known
    }

    [Fact]
    public void MessageThatBeginsAfterALook_IsSeenInTimeWhereMessagesMayTakeLessThanTheInterval()
    {
        using var node = new TestNode(options => options.Limits.MessageTimeout = TimeSpan.FromSeconds(3));
        var client = node.Connect();
        Sweep(node, 4);
        client.Connection.MessageBegan = node.Node.Clock.Now; // asks nobody to look
        Sweep(node, 2);
        Assert.False(client.Connection.IsClosing);

        Sweep(node, 2);
        Assert.Equal(CloseCodes.PolicyViolation, client.Connection.CloseCode);
    }

    [Fact]
    public void Life_InTheVerySecondOfThePing_CountsThoughTheIntervalIsShort()
    {
        using var node = new TestNode(options =>
        {
            options.Heartbeat.Interval = TimeSpan.FromSeconds(1);
            options.Heartbeat.Timeout = TimeSpan.FromSeconds(3);
        });
        var client = node.Connect();
        for (var i = 0; i < 20; i++)
        {
            Sweep(node, 1);
            if (client.Connection.Pinged != 0)
            {
                client.Connection.LastReceived = client.Connection.Pinged; // the coarse clock has not moved since
            }
        }

        Assert.False(client.Connection.IsClosing);
    }

    [Fact]
    public void PauseBetweenPingAndTimeout_GivesThePeerTheWholeTimeoutAgain()
    {
        Sweep(26);
        Assert.NotEqual(0, _client.Connection.Pinged);
        Sweep(2); // looked at, and not due for seconds
        _node.Clock.Advance(TimeSpan.FromSeconds(7)); // the process stood still
        Sweep(1);
        Sweep(8);
        Assert.False(_client.Connection.IsClosing);

        Sweep(3);
        Assert.Equal(CloseCodes.HeartbeatLost, _client.Connection.CloseCode);
    }

    [Fact]
    public async Task Lifetime_SweepsEverySecondUntilItIsDisposed()
    {
        using var lifetime = new NodeLifetime(_node.Node, NullLogger<NodeLifetime>.Instance);
        await lifetime.StartingAsync(CancellationToken.None).WithTimeout();
        _node.Clock.Advance(TimeSpan.FromSeconds(26.5));
        Assert.Single(_client.Output.Frames);

        lifetime.Dispose();
        Assert.Equal(0, _node.Clock.ArmedTimers);
    }

    [Fact]
    public void Clock_IsNeverZeroAndMovesOnlyWithASweep()
    {
        var clock = new SweepClock(_node.Clock);
        Assert.Equal(1, clock.Now);
        _node.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, clock.Now);
        Assert.InRange(clock.Advance(), 5000, 5001);
        Assert.InRange(clock.Now, 5000, 5001);
    }

    private void Sweep(int seconds) => Sweep(_node, seconds);

    private static void Sweep(TestNode node, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            node.Clock.Advance(HeartbeatSweeper.Period);
            node.Node.Sweeper.Sweep();
        }
    }
}
