using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Heartbeat;
using WsCore.Hosting;
using WsCore.Reliability;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Hosting;

public sealed class NodeLifetimeTests
{
    [Fact]
    public async Task APartThatIsStillAtWork_IsNotCalledAgain_TheOthersAre()
    {
        var slow = new SlowStore();
        using var node = new TestNode(build: builder => builder.Services.AddSingleton<IDedupeStore>(slow));
        var client = node.Connect();
        slow.Meanwhile = () => node.Clock.Advance(TimeSpan.FromSeconds(30));
        using var lifetime = new NodeLifetime(node.Node, NullLogger<NodeLifetime>.Instance);
        await lifetime.StartingAsync(CancellationToken.None).WithTimeout();

        node.Clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal((1, 1), (slow.Calls, slow.MostAtOnce));
        Assert.Single(client.Output.Frames); // the ping of the interval that passed meanwhile

        node.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, slow.Calls);
    }

    /// <summary>Time passes while its first tick is at work, as on a machine that has too much to do.</summary>
    private sealed class SlowStore : IDedupeStore, ITicked
    {
        private int _now;

        public Action Meanwhile { get; set; } = () => { };

        public int Calls { get; private set; }

        public int MostAtOnce { get; private set; }

        public void Tick()
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_now);
            if (++Calls == 1)
            {
                Meanwhile();
            }

            _now--;
        }

        public ValueTask<OnceClaim> ClaimAsync(OnceKey key, Fingerprint fingerprint) => throw new NotSupportedException();

        public ValueTask CompleteAsync(OnceKey key, ReadOnlyMemory<byte> answer) => throw new NotSupportedException();

        public ValueTask AbandonAsync(OnceKey key) => throw new NotSupportedException();
    }
}
