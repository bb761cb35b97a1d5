using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WsCore.Backplane;
using WsCore.Hosting;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Backplane;

/// <summary>Several <see cref="TestNode"/>s in one process, with one clock, as if a bus joined them: it moves when the test says so.</summary>
/// <remarks>Messages of all nodes are delivered in the order in which they were published. Commands are obeyed at once.</remarks>
internal sealed class JoinedBackplanes : IDisposable
{
    private readonly ConcurrentQueue<(TestBackplane From, BusMessage Message)> _onTheWay = new();
    private readonly List<TestNode> _nodes = [];

    public ManualTimeProvider Clock { get; } = new();

    public List<TestBackplane> Backplanes { get; } = [];

    /// <summary>Messages that were published and not delivered.</summary>
    public int OnTheWay => _onTheWay.Count;

    /// <summary>One more node; its connections' ids begin with another letter than those of the others.</summary>
    public TestNode Add(Action<WsCoreOptions>? configure = null, Action<WsCoreBuilder>? build = null, int lanes = 1)
    {
        var backplane = new TestBackplane(this);
        Backplanes.Add(backplane);
        var node = new TestNode(
            configure,
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<IBackplane>(backplane));
                build?.Invoke(builder);
            },
            lanes,
            clock: Clock,
            prefix: ((char)('a' + _nodes.Count)).ToString());
        _nodes.Add(node);
        return node;
    }

    public TestBackplane Of(TestNode node) => Backplanes[_nodes.IndexOf(node)];

    /// <summary>Delivers what was published, and what that leads to.</summary>
    public void Deliver()
    {
        while (_onTheWay.TryDequeue(out var sent))
        {
            foreach (var backplane in Backplanes.Where(backplane => backplane != sent.From))
            {
                backplane.Receive(sent.Message);
            }
        }

        _nodes.ForEach(node => node.Scheduler.RunAll());
    }

    /// <summary>What was published never arrives.</summary>
    public void Lose() => _onTheWay.Clear();

    public void Send(TestBackplane from, in BusMessage message) => _onTheWay.Enqueue((from, message));

    public void Dispose() => _nodes.ForEach(node => node.Dispose());
}
