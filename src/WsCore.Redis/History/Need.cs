namespace WsCore.Redis.History;

/// <summary>What a room's stream of messages needs from whoever has told it something.</summary>
internal enum Need
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Numbers are missing that are likely on their way: to be looked at again a little later.</summary>
    Patience,

    /// <summary>Messages were lost, or another life of the room has begun: to be read from Redis now.</summary>
    Repair,
}
