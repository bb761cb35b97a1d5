namespace WsCore.Hosting;

/// <summary>Who may connect.</summary>
public sealed class AuthOptions
{
    /// <summary>Whether connections without an authenticated user are let in. Default: true in the Development environment, false elsewhere.
    /// Refused ones get HTTP 401.</summary>
    public bool? AllowAnonymous { get; set; }
}
