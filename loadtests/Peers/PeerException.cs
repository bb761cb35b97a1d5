namespace WsCore.LoadTests.Peers;

/// <summary>A connection did not come about, or a request was not granted.</summary>
internal sealed class PeerException(string code, string message) : Exception(message)
{
    /// <summary>What the report counts it as: an error code of the server, <c>http-503</c>, <c>refused</c>, <c>timeout</c>, …</summary>
    public string Code => code;
}
