using WsCore.LoadTests.Measuring;

namespace WsCore.LoadTests.Scenarios;

/// <summary>A member whose connection is cut and that comes back by itself.</summary>
internal sealed class ReturningMember(ScenarioContext context, Room room, int place, int senders, StormScenario storm) : Member(context, room, place, senders)
{
    private bool _isAway;
    private long _returns;

    /// <summary>Its connection was lost and it has not come back yet.</summary>
    public bool IsAway => Volatile.Read(ref _isAway);

    /// <summary>How often it came back.</summary>
    public long Returns => Volatile.Read(ref _returns);

    /// <summary>How often it was told that messages are missing.</summary>
    public long Gaps { get; private set; }

    public override void OnClosed(int code)
    {
        Context.Metrics.ExpectedCloses.Add($"{code}");
        if (!_isAway) // tries that fail are told too
        {
            Volatile.Write(ref _isAway, true);
            Context.Metrics.Open.Add(-1);
        }
    }

    public override void OnReconnected()
    {
        Context.Metrics.Step(StepNames.Recover).Record(Context.Clock.Micros - storm.CutAt);
        if (_isAway)
        {
            Context.Metrics.Open.Add(1);
            Context.Metrics.Opened.Add(1);
            Volatile.Write(ref _isAway, false);
        }

        Volatile.Write(ref _returns, _returns + 1);
    }

    public override void OnGap() => Gaps++;
}
