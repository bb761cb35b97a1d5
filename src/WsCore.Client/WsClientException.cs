namespace WsCore.Client;

/// <summary>The base of what this client throws, besides arguments that are wrong and cancelled tokens.</summary>
public class WsClientException : Exception
{
    /// <summary>With a sentence that says what to do.</summary>
    public WsClientException(string message, Exception? inner = null) : base(message, inner) { }
}
