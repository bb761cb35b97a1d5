namespace WsCore.Protocol;

/// <summary>What a client may send, by the <c>type</c> of its envelope.</summary>
internal enum MessageType : byte
{
    Unknown,
    Join,
    Leave,
    Broadcast,
    Send,
    State,
    Members,
    Online,
    History,
    Call,
    Ping,
    Ack,
    Auth,
}
