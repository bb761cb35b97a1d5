namespace WsCore.LoadTests.Measuring;

/// <summary>The steps that scenarios measure.</summary>
internal static class StepNames
{
    /// <summary>From the moment a connection should begin until its <c>welcome</c>.</summary>
    public const string Connect = "connect";

    /// <summary>From the request to join until the answer.</summary>
    public const string Join = "join";

    /// <summary>From the moment a message should have been sent until the server's <c>ack</c>.</summary>
    public const string Ack = "ack";

    /// <summary>From the moment a message should have been sent until a receiver has it.</summary>
    public const string Deliver = "deliver";

    /// <summary>The same from the moment it really was sent: without the tester's own lag.</summary>
    public const string DeliverSent = "deliver-sent";

    /// <summary><see cref="Deliver"/> before the trouble of a scenario began.</summary>
    public const string DeliverBefore = "deliver-before";

    /// <summary><see cref="Deliver"/> while it lasted.</summary>
    public const string DeliverDuring = "deliver-during";

    /// <summary>How much later than planned the tester sent.</summary>
    public const string Lag = "lag";

    /// <summary>A round trip on a connection that was silent.</summary>
    public const string Ping = "ping";

    /// <summary>From a cut until the rooms are joined again.</summary>
    public const string Recover = "recover";
}
