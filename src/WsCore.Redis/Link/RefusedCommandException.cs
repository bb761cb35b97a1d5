namespace WsCore.Redis.Link;

/// <summary>Redis answered with an error.</summary>
/// <param name="message">Its text, which begins with the kind of the error.</param>
internal sealed class RefusedCommandException(string message) : Exception(message)
{
    /// <summary>States of a server in which nothing can be done, as opposed to commands that are wrong.</summary>
    private static readonly string[] States =
        ["LOADING", "BUSY", "OOM", "MISCONF", "NOREPLICAS", "READONLY", "MASTERDOWN", "NOAUTH", "WRONGPASS", "NOPERM", "CLUSTERDOWN", "NOSCRIPT", ScriptShelf.Stale];

    /// <summary>The script was not run, because it was prepared for another server, or for this one with other data.</summary>
    public bool IsOtherServer => Is("NOSCRIPT") || Is(ScriptShelf.Stale);

    /// <summary>The server is a replica.</summary>
    public bool IsReadOnly => Is("READONLY");

    /// <summary>The server cannot do it now: not the command's fault.</summary>
    public bool IsState => Array.Exists(States, Is);

    private bool Is(string kind) => Message.StartsWith(kind, StringComparison.Ordinal);
}
