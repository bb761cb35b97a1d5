namespace WsCore.LoadTests.Peers;

/// <summary>One connection of a virtual user, by whichever client. Requests may come from any thread; disposing says goodbye.</summary>
internal interface IPeer : IAsyncDisposable
{
    /// <summary>Who the server says this is; null where it is anonymous.</summary>
    string? User { get; }

    /// <summary>The rate that the server allows; 0: any.</summary>
    double MessagesPerSecond { get; }

    /// <summary>Connects and waits for the <c>welcome</c>.</summary>
    /// <exception cref="PeerException">It did not come about.</exception>
    Task ConnectAsync(CancellationToken cancellation);

    /// <summary>Joins a room; whether it keeps history.</summary>
    /// <exception cref="PeerException">It was refused.</exception>
    Task<bool> JoinAsync(string room, CancellationToken cancellation);

    /// <summary>A broadcast to a room; null once it is acked, else the code of what went wrong.</summary>
    Task<string?> BroadcastAsync(string room, ReadOnlyMemory<byte> payload, bool reliable, CancellationToken cancellation);

    /// <summary>A message to a user; the same.</summary>
    Task<string?> SendAsync(string user, ReadOnlyMemory<byte> payload, CancellationToken cancellation);

    /// <summary>A round trip.</summary>
    /// <exception cref="PeerException">There was no answer.</exception>
    Task PingAsync(CancellationToken cancellation);
}
