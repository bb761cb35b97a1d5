using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Tells the members of a room who comes, goes and changes.</summary>
internal interface IPresenceSink
{
    /// <summary>Comes in the order of the changes of a room, each once and one at a time, under no lock of the store's. Must not block or throw.</summary>
    void Changed(RoomName room, in PresenceChange change);

    /// <summary>Completes when the lanes take more; whoever gets changes from other nodes awaits it before the next.</summary>
    ValueTask WaitForRoomAsync() => default;
}
