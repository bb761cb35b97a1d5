namespace WsCore.LoadTests.Simulations;

/// <summary>When the iterations of several simulations begin, and how many virtual users there are when. Pure.</summary>
internal sealed class SimulationPlan(IReadOnlyList<LoadSimulation> simulations)
{
    /// <summary>How long all of it takes.</summary>
    public TimeSpan Duration { get; } = simulations.Aggregate(TimeSpan.Zero, (sum, simulation) => sum + simulation.During);

    /// <summary>The moments at which iterations of the open simulations begin, from the plan's beginning, in order. Made while they are asked for.</summary>
    public IEnumerable<TimeSpan> Arrivals()
    {
        var (begin, perSecond) = (TimeSpan.Zero, 0.0);
        foreach (var simulation in simulations)
        {
            var target = simulation switch
            {
                InjectSimulation inject => inject.Rate / inject.Interval.TotalSeconds,
                RampingInjectSimulation ramp => ramp.Rate / ramp.Interval.TotalSeconds,
                _ => 0,
            };
            var from = simulation is RampingInjectSimulation ? perSecond : target;
            foreach (var second in Ramp(from, target, simulation.During.TotalSeconds))
            {
                yield return begin + TimeSpan.FromSeconds(second);
            }

            (begin, perSecond) = (begin + simulation.During, target);
        }
    }

    /// <summary>How many virtual users the closed simulations want at a moment.</summary>
    public int CopiesAt(TimeSpan moment)
    {
        var copies = 0;
        foreach (var simulation in simulations)
        {
            var target = simulation switch
            {
                KeepConstantSimulation keep => keep.Copies,
                RampingConstantSimulation ramp => ramp.Copies,
                _ => 0,
            };
            if (moment < simulation.During)
            {
                var share = moment <= TimeSpan.Zero ? 0 : moment / simulation.During;
                return simulation is RampingConstantSimulation ? copies + (int)Math.Round((target - copies) * share) : target;
            }

            (moment, copies) = (moment - simulation.During, target);
        }

        return 0;
    }

    // The k-th begins when the integral of the rate, from·t + (to - from)·t²/2D, has come to k.
    private static IEnumerable<double> Ramp(double from, double to, double duration)
    {
        var count = (long)Math.Round((from + to) / 2 * duration);
        for (var k = 0L; k < count; k++)
        {
            var slope = (to - from) / duration;
            var moment = Math.Abs(slope) < 1e-9 ? k / to : (Math.Sqrt(Math.Max(0, (from * from) + (2 * slope * k))) - from) / slope;
            yield return Math.Clamp(moment, 0, duration);
        }
    }
}
