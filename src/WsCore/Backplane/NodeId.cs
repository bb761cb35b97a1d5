namespace WsCore.Backplane;

/// <summary>What tells this node from all others, and from itself before it was started anew.</summary>
/// <param name="Text">ASCII letters, digits, <c>-</c> and <c>_</c>.</param>
internal sealed record NodeId(string Text)
{
    /// <summary>One that nobody else has.</summary>
    public static NodeId New() => new(Connections.ConnectionId.New());

    public override string ToString() => Text;
}
