namespace WsCore.Framing;

internal enum HeaderStatus
{
    NeedMore,
    Complete,
    Fault,
}
