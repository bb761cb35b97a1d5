namespace WsCore.Dispatch;

/// <summary>The commands that a client has.</summary>
internal sealed record Commands(
    JoinCommand Join,
    LeaveCommand Leave,
    BroadcastCommand Broadcast,
    SendCommand Send,
    MembersCommand Members,
    StateCommand State,
    OnlineCommand Online,
    CallCommand Call,
    HistoryCommand History,
    OnceGuard Once,
    PingCommand Ping);
