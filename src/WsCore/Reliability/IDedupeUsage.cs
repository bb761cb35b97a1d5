namespace WsCore.Reliability;

/// <summary>What a store of requests with <c>once</c> takes on this node, for whoever measures.</summary>
internal interface IDedupeUsage
{
    /// <summary>Answers that are kept, and requests in flight.</summary>
    int Entries { get; }

    /// <summary>What they take, overheads included.</summary>
    long Bytes { get; }

    /// <summary>Claims that were refused because there were too many.</summary>
    long Refused { get; }
}
