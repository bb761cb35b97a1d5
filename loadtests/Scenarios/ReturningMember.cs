using WsCore.LoadTests.Measuring;

namespace WsCore.LoadTests.Scenarios;

/// <summary>A member whose connection is cut and that comes back by itself.</summary>
internal sealed class ReturningMember(ScenarioContext context, Room room, int place, int senders, StormScenario storm) : Member(context, room, place, senders)
{
    private bool _isAway;

    /// <summary>How often it came back.</summary>
    public long Returns { get; private set; }

    /// <summary>How often it was told that messages are missing.</summary>
    public long Gaps { get; private set; }

    public override void OnClosed(int code)
    {
        Context.Metrics.ExpectedCloses.Add($"{code}");
        if (!_isAway) // tries that fail are told too
        {
            _isAway = true;
            Context.Metrics.Open.Add(-1);
        }
    }

    public override void OnReconnected()
    {
        Returns++;
        Context.Metrics.Step(StepNames.Recover).Record(Context.Clock.Micros - storm.CutAt);
        if (_isAway)
        {
            _isAway = false;
            Context.Metrics.Open.Add(1);
            Context.Metrics.Opened.Add(1);
        }
    }

    public override void OnGap() => Gaps++;
}
