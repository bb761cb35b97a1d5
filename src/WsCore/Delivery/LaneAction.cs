namespace WsCore.Delivery;

/// <summary>What a lane is asked to do.</summary>
internal enum LaneAction : byte
{
    /// <summary>A frame to every subscription of a part, but for one outbox.</summary>
    Deliver,

    /// <summary>A frame to each outbox of an array.</summary>
    DeliverEach,

    /// <summary>A frame to one outbox.</summary>
    Send,

    /// <summary>A protocol pong, which replaces an unsent one (RFC 6455 5.5.3).</summary>
    ControlPong,

    /// <summary>The envelope's <c>pong</c>, which replaces an unsent one.</summary>
    EnvelopePong,

    /// <summary>A reply is being made: what follows waits behind it.</summary>
    Hold,

    /// <summary>The reply that was waited for, then what waited.</summary>
    Release,

    /// <summary>A subscription becomes part of a part.</summary>
    Enter,

    /// <summary>A subscription leaves its part.</summary>
    Exit,

    /// <summary>Several frames to one outbox, from a room's history.</summary>
    Replay,

    /// <summary>A subscription gets no numbered frames for a while.</summary>
    Pause,

    /// <summary>It gets them again.</summary>
    GoLive,

    /// <summary>The owner wants to know when an outbox has little left.</summary>
    AwaitDrain,

    /// <summary>The close frame: the last one of an outbox.</summary>
    Close,

    /// <summary>A client has confirmed reliable messages.</summary>
    Confirm,

    /// <summary>A second has passed: unconfirmed messages may be due.</summary>
    Tick,

    /// <summary>An unfinished write has ended.</summary>
    Written,

    /// <summary>The connection is over.</summary>
    Retire,
}
