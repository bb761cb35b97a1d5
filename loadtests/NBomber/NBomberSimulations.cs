using NBomber.Contracts;
using NBomber.CSharp;
using WsCore.LoadTests.Simulations;

namespace WsCore.NBomberHost;

/// <summary>The project's simulations as NBomber's, which have whole rates.</summary>
internal static class NBomberSimulations
{
    public static NBomber.Contracts.LoadSimulation Of(LoadTests.Simulations.LoadSimulation simulation) => simulation switch
    {
        InjectSimulation inject => Simulation.Inject(Rate(inject.Rate), Interval(inject.Rate, inject.Interval), inject.During),
        RampingInjectSimulation ramp => Simulation.RampingInject(Rate(ramp.Rate), Interval(ramp.Rate, ramp.Interval), ramp.During),
        KeepConstantSimulation keep => Simulation.KeepConstant(keep.Copies, keep.During),
        RampingConstantSimulation ramp => Simulation.RampingConstant(ramp.Copies, ramp.During),
        _ => Simulation.Pause(simulation.During),
    };

    // Half an iteration a second is one in two seconds.
    private static int Rate(double rate) => rate is > 0 and < 1 ? 1 : (int)Math.Round(rate);

    private static TimeSpan Interval(double rate, TimeSpan interval) => rate is > 0 and < 1 ? interval / rate : interval;
}
