namespace WsCore.Namespaces;

/// <summary>Who may broadcast in a namespace.</summary>
public enum PublishRule
{
    /// <summary>Members of the room.</summary>
    Members,

    /// <summary>Any connection.</summary>
    Anyone,

    /// <summary>Only the application.</summary>
    Server,
}
