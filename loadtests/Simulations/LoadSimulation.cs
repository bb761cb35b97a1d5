namespace WsCore.LoadTests.Simulations;

/// <summary>
/// A part of the load's course, in NBomber's words. Open ones (<see cref="Inject"/>, <see cref="RampingInject"/>) begin iterations at planned moments, whatever became of those before; closed ones
/// (<see cref="KeepConstant"/>, <see cref="RampingConstant"/>) keep so many going, each beginning the next when it has ended one. They follow each other.
/// </summary>
internal abstract record LoadSimulation(TimeSpan During)
{
    /// <summary>So many iterations in each interval, evenly spread.</summary>
    public static LoadSimulation Inject(double rate, TimeSpan interval, TimeSpan during) => new InjectSimulation(rate, interval, during);

    /// <summary>The rate goes from that of the part before to this, in a straight line.</summary>
    public static LoadSimulation RampingInject(double rate, TimeSpan interval, TimeSpan during) => new RampingInjectSimulation(rate, interval, during);

    /// <summary>So many virtual users, one iteration after the other.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new KeepConstantSimulation(copies, during);

    /// <summary>Their number goes from that of the part before to this, in a straight line.</summary>
    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => new RampingConstantSimulation(copies, during);

    /// <summary>Nothing is sent.</summary>
    public static LoadSimulation Pause(TimeSpan during) => new PauseSimulation(during);
}
