namespace WsCore.Reliability;

/// <summary>The cases of a claim.</summary>
internal enum OnceOutcome
{
    /// <summary>The caller is the first: it must complete or abandon.</summary>
    First,

    /// <summary>It was done before; the answer is there.</summary>
    Duplicate,

    /// <summary>The key was used for something else.</summary>
    Conflict,

    /// <summary>The store keeps as much as it may; nothing was claimed.</summary>
    Full,
}
