using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>Refuses the promises that this version does not keep: a client that asks for one must not believe that it got it.</summary>
internal static class Promises
{
    public static Refusal Refuse(in Envelope envelope) =>
        !envelope.Once.IsEmpty ? new Refusal(ErrorCodes.InvalidMessage, "'once' is not served by this version; leave it out.")
        : default;
}
