using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Framing;
using WsCore.Hosting;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Hosting;

/// <summary>By a clock that the test moves: two connections a second, 30 s at most, 5 s for an answer.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly TestNode _node = new(options => options.Drain.ClosesPerSecond = 2);
    private readonly CancellationTokenSource _host = new();

    public void Dispose()
    {
        _host.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task Run_NobodyConnected_IsDoneAtOnceAndLeavesNoTimer()
    {
        await Run().WithTimeout();

        Assert.True(_node.Node.IsStopping);
        Assert.Equal(0, _node.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Run_EverybodyIsToldAtOnceAndClosedAtThePaceButNobodyBeforeWhatWasTold()
    {
        var clients = Connect(10);
        var draining = Run();
        Assert.All(clients, client => Assert.InRange(AfterOf(client), 0, 5000));
        Assert.Equal(1, clients.Count(IsClosed));

        for (var tenth = 1; tenth <= 50; tenth++)
        {
            _node.Clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.InRange(clients.Count(IsClosed), Math.Min(10, tenth / 5), Math.Min(10, 1 + tenth / 5));
            Assert.All(clients.Where(IsClosed), client => Assert.InRange(AfterOf(client), 0, tenth * 100));
        }

        Assert.All(clients, client => Assert.Equal(["reconnect", "4200"], client.Output.Frames.Select(frame =>
            frame.IsText ? JsonElement.Parse(frame.Text).GetProperty("type").GetString() : $"{frame.CloseCode}")));
        Leave(clients);
        await draining.WithTimeout();
        Assert.All(clients, client => Assert.Equal(0, client.Output.Aborts));
        Assert.Equal(0, _node.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Run_ThoseWhoLeaveByThemselves_AreNotWaitedFor()
    {
        var clients = Connect(40);
        var draining = Run();
        _node.Clock.Advance(TimeSpan.FromMilliseconds(100));
        Leave(clients);

        await draining.WithTimeout();
        Assert.Equal(39, clients.Count(client => client.Connection.CloseCode == 1006)); // not closed by the node: the first had its turn
    }

    [Fact]
    public async Task Run_ThoseWhoNeverAnswer_AreCutWhenTheLastHasHadItsTime()
    {
        var clients = Connect(4);
        var draining = Run();
        _node.Clock.Advance(TimeSpan.FromSeconds(2 + 4.9));
        Assert.False(draining.IsCompleted);
        Assert.All(clients, client => Assert.Equal(0, client.Output.Aborts));

        _node.Clock.Advance(TimeSpan.FromSeconds(0.2));
        await draining.WithTimeout();
        Assert.All(clients, client => Assert.Equal(1, client.Output.Aborts));
        Assert.Equal(4, _node.Node.DrainCut);
    }

    [Fact]
    public async Task Run_MoreThanThePaceAllows_IsFasterAndEndsWithTheTimeout()
    {
        var clients = Connect(1000);
        var draining = Run();
        _node.Clock.Advance(TimeSpan.FromSeconds(12.5));
        Assert.InRange(clients.Count(IsClosed), 495, 505);
        _node.Clock.Advance(TimeSpan.FromSeconds(12.5));
        Assert.All(clients, client => Assert.True(IsClosed(client)));
        Leave(clients[1..]);
        Assert.False(draining.IsCompleted);

        _node.Clock.Advance(TimeSpan.FromSeconds(5.1));
        await draining.WithTimeout();
        Assert.Equal(1, clients[0].Output.Aborts);
        Assert.Equal(1, _node.Node.DrainCut);
    }

    [Fact]
    public async Task Run_TheHostLosesPatience_ClosesAndCutsTheRest()
    {
        var clients = Connect(10);
        var draining = Run();
        await _host.CancelAsync().WithTimeout();

        await draining.WithTimeout();
        Assert.All(clients, client => Assert.Equal(CloseCodes.Drain, client.Connection.CloseCode));
        Assert.All(clients, client => Assert.Equal(1, client.Output.Aborts));
        Assert.Equal(0, _node.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Run_AConnectionThatComesMeanwhile_IsWaitedForAndCutLikeTheOthers()
    {
        var clients = Connect(1);
        var draining = Run();
        var late = _node.Connect();
        Leave(clients);
        Assert.False(draining.IsCompleted);

        _node.Clock.Advance(TimeSpan.FromSeconds(6));
        await draining.WithTimeout();
        Assert.Equal(1, late.Output.Aborts);
    }

    [Fact]
    public async Task Run_OneThatIsClosingAlready_GetsNoSecondFarewellButItsTime()
    {
        var client = _node.Connect();
        client.Connection.Close(CloseCodes.Disconnected, "before");
        var draining = Run();
        Assert.Equal(CloseCodes.Disconnected, Assert.Single(client.Output.Frames).CloseCode);
        Assert.False(draining.IsCompleted);

        Leave([client]);
        await draining.WithTimeout();
        Assert.Equal(0, client.Output.Aborts);
    }

    private TestConnection[] Connect(int count) => [.. Enumerable.Range(0, count).Select(_ => _node.Connect())];

    private void Leave(TestConnection[] clients)
    {
        foreach (var client in clients)
        {
            _node.Node.Connections.Remove(client.Connection);
        }
    }

    private Task Run() => new Drain(_node.Node, new Random(1), NullLogger.Instance).RunAsync(_host.Token);

    private static bool IsClosed(TestConnection client) => client.Connection.CloseCode == CloseCodes.Drain;

    private static long AfterOf(TestConnection client)
    {
        var reconnect = JsonElement.Parse(client.Texts[0]);
        Assert.Equal("reconnect", reconnect.GetProperty("type").GetString());
        Assert.NotEmpty(reconnect.GetProperty("reason").GetString()!);
        return reconnect.GetProperty("after").GetInt64();
    }
}
