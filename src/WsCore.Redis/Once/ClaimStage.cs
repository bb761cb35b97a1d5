namespace WsCore.Redis.Once;

/// <summary>How far this node is with a request.</summary>
internal enum ClaimStage
{
    /// <summary>Redis is asked, for the one who waits first.</summary>
    Asking,

    /// <summary>Another node carries it out; Redis is asked again soon.</summary>
    Elsewhere,

    /// <summary>This node carries it out.</summary>
    Held,

    /// <summary>This node has carried it out, and Redis does not know the answer yet.</summary>
    Answered,

    /// <summary>Redis may still have a claim of this node that means nothing any more.</summary>
    Abandoned,
}
