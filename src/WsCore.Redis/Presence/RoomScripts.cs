using WsCore.Backplane;
using WsCore.Presence;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <summary>The scripts that read and change a room's members; each change is published by the script that makes it.</summary>
/// <remarks>Thread-safe. Every call may fail with <see cref="UnavailableException"/>; then it is not known whether it took effect. All may be run again.</remarks>
internal sealed class RoomScripts(IRedisLink link, RedisKeys keys, ChangeCodec codec, string node, TimeSpan lease)
{
    private static readonly LuaScript JoinScript = LuaScript.Load("join", "presence");
    private static readonly LuaScript LeaveScript = LuaScript.Load("leave", "presence");
    private static readonly LuaScript StateScript = LuaScript.Load("state", "presence");
    private static readonly LuaScript MembersScript = LuaScript.Load("members", "presence");
    private static readonly LuaScript SettleScript = LuaScript.Load("settle", "presence");
    private static readonly LuaScript VersionsScript = LuaScript.Load("versions");

    /// <summary>A connection of this node joins.</summary>
    /// <param name="room">The room.</param>
    /// <param name="who">The connection.</param>
    /// <param name="state">Empty for none.</param>
    /// <param name="withAll">Answers with all that is there, too.</param>
    /// <returns>The change, or null; the version that the room has then, its members, and all of it where that was asked for.</returns>
    public async ValueTask<(RoomChange? Change, long Version, int Count, RoomSnapshot? All)> JoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state, bool withAll)
    {
        var reply = await RunJoinAsync(room, who, state, since: 0, again: false, withAll).ConfigureAwait(false);
        var version = reply[1].Number;
        return (codec.Read(reply, who, state), version, (int)reply[2].Number, withAll ? RoomSnapshot.Read(version, reply[4].Number, reply[5].List) : null);
    }

    /// <summary>A connection of this node is said to be there once more, after Redis may have lost it: the state counts only where its member is not there.</summary>
    public async ValueTask RejoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state, long since) =>
        await RunJoinAsync(room, who, state, since, again: true, withAll: false).ConfigureAwait(false);

    /// <summary>A connection is out of the room; zero grace: at once.</summary>
    /// <param name="room">The room.</param>
    /// <param name="who">The connection.</param>
    /// <param name="grace">How long its member stays, if it was the last one.</param>
    /// <param name="dead">Its node, where that is being reaped; null: it is this one.</param>
    public async ValueTask<RoomChange?> LeaveAsync(RoomName room, PresenceConnection who, TimeSpan grace, string? dead = null)
    {
        var owner = dead ?? node;
        var reply = await link.RunAsync(
            LeaveScript, [keys.Presence(room), keys.Attended(owner), keys.Lost, keys.Dead],
            room.Utf8, who.Connection, who.Ticket, owner, (long)grace.TotalMilliseconds, dead is null ? 0 : 1, codec.Write(room, who, default)).ConfigureAwait(false);
        return codec.Read(reply, who, default);
    }

    /// <returns>The change, or null; and whether the connection is there.</returns>
    public async ValueTask<(RoomChange? Change, bool IsThere)> UpdateAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        var reply = await link.RunAsync(StateScript, [keys.Presence(room)], room.Utf8, who.Connection, state, codec.Write(room, who, state.Span)).ConfigureAwait(false);
        return (codec.Read(reply, who, state), reply[0].Number >= 0);
    }

    public async ValueTask<RoomSnapshot> ReadAsync(RoomName room)
    {
        var reply = await link.RunAsync(MembersScript, [keys.Presence(room)]).ConfigureAwait(false);
        return RoomSnapshot.Read(reply[0].Number, reply[1].Number, reply[2].List);
    }

    /// <summary>The grace of a loss is over.</summary>
    /// <param name="loss">As <c>due.lua</c> gave it.</param>
    /// <param name="taken">The number that it was taken by.</param>
    public async ValueTask<RoomChange?> SettleAsync(Loss loss, long taken)
    {
        var reply = await link.RunAsync(
            SettleScript, [keys.Presence(loss.Room), keys.Lost],
            loss.Room.Utf8, loss.Key, loss.Text, taken, codec.Write(loss.Room, loss.Who, default)).ConfigureAwait(false);
        return codec.Read(reply, loss.Who, default);
    }

    /// <summary>Where rooms stand; zeros where that is to be read.</summary>
    public async ValueTask<(long Version, long Life)[]> VersionsAsync(IReadOnlyList<RoomName> rooms)
    {
        var reply = await link.RunAsync(VersionsScript, [.. rooms.Select(keys.Presence)]).ConfigureAwait(false);
        return [.. Enumerable.Range(0, rooms.Count).Select(i => (reply[2 * i].Number, reply[(2 * i) + 1].Number))];
    }

    private ValueTask<Reply> RunJoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state, long since, bool again, bool withAll) => link.RunAsync(
        JoinScript, [keys.Presence(room), keys.Attended(node), keys.Lost, keys.Nodes, keys.Dead],
        room.Utf8, who.Connection, who.Key, who.Ticket, node, state, since, again ? 1 : 0, withAll ? 1 : 0, codec.Write(room, who, state.Span), (long)lease.TotalMilliseconds);
}
