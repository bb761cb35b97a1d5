namespace WsCore.Protocol;

/// <summary>The top-level fields that some type uses; the value is the place in <see cref="SlotTable"/>.</summary>
internal enum Field : byte
{
    Type,
    Id,
    Ids,
    Room,
    Rooms,
    Since,
    State,
    Members,
    Event,
    Key,
    Once,
    Payload,
    To,
    Echo,
    Ephemeral,
    Reliable,
    After,
    Limit,
    Method,
    Users,

    /// <summary>Any other name; also the number of the known ones.</summary>
    Unknown,
}
