namespace WsCore.Client;

/// <summary>How a room is joined.</summary>
public sealed record JoinOptions
{
    /// <summary>Nothing set: what is used where none are given.</summary>
    public static JoinOptions Default { get; } = new();

    /// <summary>From which position on, in a room with history: what came after it follows. Default: from now on.</summary>
    public Position? Since { get; init; }

    /// <summary>What the others in a room with presence are to see: one JSON value of at most 1,024 bytes. It is given again with each reconnect.</summary>
    public Payload? State { get; init; }
}
