namespace WsCore.LoadTests.Checking;

/// <summary>How a message came, beside those of the same sender.</summary>
internal enum Verdict
{
    /// <summary>After all that were sent earlier.</summary>
    InOrder,

    /// <summary>After one that was sent later.</summary>
    Late,

    /// <summary>Another time.</summary>
    Duplicate,
}
