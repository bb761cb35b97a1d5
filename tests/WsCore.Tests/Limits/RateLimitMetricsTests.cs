using System.Diagnostics.Metrics;
using System.Net;
using WsCore.Diagnostics;
using WsCore.Limits;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Limits;

/// <summary>What an operator sees of the limits.</summary>
public sealed class RateLimitMetricsTests
{
    [Fact]
    public async Task Refusals_AreCountedByScopeAndKind()
    {
        using var node = new TestNode(options =>
        {
            options.Limits.PerUser = new RateOptions { MessagesPerSecond = 1, MessageBurst = 2 };
            options.Limits.PerAddress = new RateOptions { BytesPerSecond = 1, ByteBurst = 65_536 };
        });
        var seen = new List<string>();
        using var listener = Listen(node, (instrument, value, tags) =>
        {
            if (instrument == "wscore.rate_limited")
            {
                seen.Add($"{value} {string.Join(' ', tags)}");
            }
        });
        var ada = node.Connect("ada", address: IPAddress.Loopback);
        for (var i = 0; i < 3; i++)
        {
            await ada.Say("""{"type":"ping"}""").WithTimeout();
        }

        var nobody = node.Connect(address: IPAddress.Loopback);
        await nobody.Say(new string(' ', 65_530)).WithTimeout();
        Assert.Contains("rate_limited", nobody.Last);
        Assert.Equal(["1 [scope, user] [kind, messages]", "1 [scope, address] [kind, bytes]"], seen);
    }

    [Fact]
    public void Entries_AreMeasured()
    {
        using var node = new TestNode(options => options.Limits.PerUser = new RateOptions { MessagesPerSecond = 1 });
        node.Connect("ada");
        node.Connect("ada");
        node.Connect("grace");
        var measured = 0L;
        using var listener = Listen(node, (instrument, value, _) => measured += instrument == "wscore.rate_limited.shared" ? value : 0);
        listener.RecordObservableInstruments();
        Assert.Equal(2, measured);
    }

    private static MeterListener Listen(TestNode node, Action<string, long, KeyValuePair<string, object?>[]> seen)
    {
        var meter = node.Get<WsCoreMetrics>().Meter;
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen(instrument.Name, value, tags.ToArray()));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen(instrument.Name, value, tags.ToArray()));
        listener.Start();
        return listener;
    }
}
