using WsCore.LoadTests.Measuring;

namespace WsCore.LoadTests.Reporting;

/// <summary>The latencies of a step.</summary>
/// <param name="Name">See <see cref="StepNames"/>.</param>
/// <param name="Latencies">Those of the load; of a step that came before it only, those before the warm-up.</param>
internal sealed record StepResult(string Name, HistogramSnapshot Latencies)
{
    /// <summary>What is measured, for people.</summary>
    public string Meaning => Name switch
    {
        StepNames.Connect => "from the planned moment of a connection to its welcome",
        StepNames.Join => "a join and its answer",
        StepNames.Ack => "from the planned moment of sending to the server's answer",
        StepNames.Deliver => "from the planned moment of sending to a receiver",
        StepNames.DeliverSent => "from the real moment of sending to a receiver",
        StepNames.DeliverBefore => "deliver, before the trouble",
        StepNames.DeliverDuring => "deliver, during the trouble",
        StepNames.Lag => "the tester itself: how late it sent",
        StepNames.Ping => "a round trip",
        StepNames.Recover => "from a cut to the rooms being joined again",
        _ => "",
    };
}
