using System.Diagnostics.Metrics;
using WsCore.Diagnostics;
using WsCore.Namespaces;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Diagnostics;

public sealed class PresenceMetricsTests
{
    [Fact]
    public async Task MembersAndChangesByKind_AreMeasured()
    {
        using var node = new TestNode(options => options.Namespaces["default"] = new NamespaceOptions { Presence = true });
        var meter = node.Get<WsCoreMetrics>().Meter;
        var (ada, bob) = (node.Connect("ada"), node.Connect());
        foreach (var client in (TestConnection[])[ada, bob])
        {
            await client.Say("""{"type":"join","room":"a"}""").WithTimeout();
            await client.Say("""{"type":"join","room":"b","state":1}""").WithTimeout();
        }

        await ada.Say("""{"type":"state","room":"b","state":2}""").WithTimeout();
        await bob.Say("""{"type":"leave","room":"b"}""").WithTimeout();

        Assert.Equal(["wscore.presence.changes joined 4", "wscore.presence.changes left 1", "wscore.presence.changes updated 1", "wscore.presence.members  3"], Measure(meter));
    }

    private static List<string> Measure(Meter meter)
    {
        var measured = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter && instrument.Name.StartsWith("wscore.presence", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Add($"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")} {value}"));
        listener.Start();
        listener.RecordObservableInstruments();
        measured.Sort(StringComparer.Ordinal);
        return measured;
    }
}
