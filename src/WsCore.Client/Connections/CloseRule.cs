using System.Net;

namespace WsCore.Client.Connections;

/// <summary>What an ending means for whoever wants to come back (docs/protocol.md, Close codes).</summary>
internal static class CloseRule
{
    /// <summary>By the band, so that codes which do not exist yet are understood too.</summary>
    public static CloseVerdict For(int closeCode) => closeCode switch
    {
        1000 => CloseVerdict.End,
        1002 or 1003 or 1007 or 1008 or 1009 => CloseVerdict.GiveUp,
        >= 4000 and < 4100 => CloseVerdict.GiveUp,
        >= 4200 and < 4300 => CloseVerdict.Elsewhere,
        _ => CloseVerdict.BackOff,
    };

    /// <summary>
    /// A handshake that was answered with something else than 101. Who has been connected before knows that the address is right: a 404 or the like is then the load
    /// balancer of a deployment that is just being replaced.
    /// </summary>
    public static CloseVerdict For(HttpStatusCode? status, bool wasConnected) => (int?)status switch
    {
        400 or 401 or 403 => CloseVerdict.GiveUp,
        408 or 425 or 429 => CloseVerdict.BackOff,
        >= 400 and < 500 when !wasConnected => CloseVerdict.GiveUp,
        _ => CloseVerdict.BackOff,
    };
}
