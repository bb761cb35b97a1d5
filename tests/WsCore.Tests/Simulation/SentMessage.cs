using WsCore.Protocol;

namespace WsCore.Tests.Simulation;

/// <summary>A message that a client has made, however often it sent it.</summary>
internal sealed class SentMessage(string id, string type, string[] rooms)
{
    public string Id { get; } = id;

    /// <summary><c>broadcast</c> or <c>send</c>.</summary>
    public string Type { get; } = type;

    /// <summary>A user's personal room, for <c>send</c>.</summary>
    public string[] Rooms { get; } = rooms;

    /// <summary>To several rooms by one request.</summary>
    public bool IsToSeveral { get; init; }

    public string? Once { get; init; }

    public bool Echo { get; init; }

    public bool Ephemeral { get; init; }

    public bool Reliable { get; init; }

    public bool WantsAnswer { get; init; }

    /// <summary>The request but for its <c>id</c>, from the first comma on.</summary>
    public string Body { get; set; } = "";

    /// <summary>The place that it took in each room that keeps history.</summary>
    public Dictionary<string, Position> Places { get; } = [];
}
