using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Tells the members of a room who comes, goes and changes.</summary>
internal interface IPresenceSink
{
    /// <summary>Comes in the order of the changes of a room, each once, under no lock of the store's that joining or leaving another room takes. Must not block or
    /// call the store.</summary>
    void Changed(RoomName room, in PresenceChange change);
}
