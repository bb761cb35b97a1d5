namespace WsCore.Client;

/// <summary>The server refused something that carried no id, such as a post.</summary>
/// <param name="Code">docs/protocol.md, Errors.</param>
/// <param name="Reason">For people.</param>
public sealed record ErrorEvent(string Code, string Reason) : ClientEvent;
