using System.Net;

namespace WsCore.Client.Connections;

/// <summary>No connection came about.</summary>
internal sealed class HandshakeException(HttpStatusCode? status, Exception inner) : Exception(inner.Message, inner)
{
    /// <summary>What the server answered instead of 101; null where it answered nothing.</summary>
    public HttpStatusCode? Status => status;
}
