using WsCore.Connections;
using WsCore.Heartbeat;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Randomness;

namespace WsCore.Tests.Heartbeat;

public sealed class WatchListTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly WatchList _list;
    private readonly List<Connection> _due = [];

    public WatchListTests()
    {
        _list = _node.Node.Connections.Watch;
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Soon_BetweenTakingAndPuttingBack_IsNotLost()
    {
        var connection = _node.Connect().Connection;
        _list.TakeDue(1, _due);
        _list.Soon(connection);
        _list.PutBack(_due, [1000]);

        Assert.Equal([connection], Due(1));
    }

    [Fact]
    public void Remove_BetweenTakingAndPuttingBack_NobodyElseGetsItsMoment()
    {
        var gone = _node.Connect().Connection;
        var late = _node.Connect().Connection;
        _list.TakeDue(1, _due);
        _list.PutBack(_due, [5, 1000]);
        _due.Clear();
        _list.TakeDue(5, _due);
        Assert.Equal([gone], _due);
        _node.Node.Connections.Remove(gone);
        var successor = _node.Connect().Connection;
        _list.PutBack(_due, [7]);

        Assert.Equal([successor], Due(999));
        Assert.Equal([late], Due(1000));
    }

    [Fact]
    public void TakeDue_WhoeverComesAndGoes_FindsExactlyThoseWhoAreDue()
    {
        var random = TestSeed.CreateRandom();
        var expected = new Dictionary<Connection, long>();
        for (long now = 1; now < 500; now++)
        {
            for (var i = random.Next(4); i > 0; i--)
            {
                expected.Add(_node.Connect().Connection, 0);
            }

            for (var i = random.Next(4); i > 0 && expected.Count > 0; i--)
            {
                var gone = expected.Keys.ElementAt(random.Next(expected.Count));
                expected.Remove(gone);
                _node.Node.Connections.Remove(gone);
                _list.Soon(gone); // means nothing any more
            }

            _due.Clear();
            _list.TakeDue(now, _due);
            Assert.Equal(expected.Where(entry => entry.Value <= now).Select(entry => entry.Key.Id).Order(), _due.Select(connection => connection.Id).Order());
            long[] next = [.. _due.Select(_ => now + random.Next(1, 50))];
            _list.PutBack(_due, next);
            for (var i = 0; i < _due.Count; i++)
            {
                expected[_due[i]] = next[i];
            }
        }
    }

    private List<Connection> Due(long now)
    {
        _due.Clear();
        _list.TakeDue(now, _due);
        return _due;
    }
}
