namespace WsCore.Server.Api;

/// <summary>How backends and tools are let in. Section <c>WsCore:Api</c>.</summary>
internal sealed class ApiOptions
{
    /// <summary>The section within that of the server.</summary>
    public const string Section = "Api";

    /// <summary>The shortest key, in bytes.</summary>
    public const int LeastKeyBytes = 32;

    /// <summary>The secret that is shown as <c>Authorization: Bearer …</c> or <c>X-Api-Key: …</c>; one line, at least 32 bytes as text; white space around it is not part of it. Default none: whatever needs it is off.</summary>
    public string? Key { get; set; }
}
