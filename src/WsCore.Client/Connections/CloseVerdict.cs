namespace WsCore.Client.Connections;

/// <summary>What to do after a connection ended.</summary>
internal enum CloseVerdict
{
    /// <summary>Come back after a back-off.</summary>
    BackOff,

    /// <summary>Come back at the time that <c>reconnect</c> told, else within a second.</summary>
    Elsewhere,

    /// <summary>Do not come back: that was it.</summary>
    End,

    /// <summary>Do not come back: the next try would end the same way.</summary>
    GiveUp,
}
