using WsCore.Access;
using WsCore.Presence;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <summary>A member of one room, as a node knows it.</summary>
/// <remarks>Owned by its <see cref="PresenceView"/>, under that one's lock.</remarks>
internal sealed class ViewMember
{
    /// <summary>Unix milliseconds.</summary>
    public long Since { get; set; }

    /// <summary>Tickets by connection; empty while the member is lost.</summary>
    public Dictionary<string, long> Connections { get; } = new(StringComparer.Ordinal);

    /// <summary>One JSON value; empty for none. Replaced, never changed.</summary>
    public byte[] State { get; set; } = [];

    /// <summary>The connection that was lost last; null where none was.</summary>
    public string? Lost { get; set; }

    /// <summary>The node of <see cref="Lost"/>.</summary>
    public string? LostNode { get; set; }

    /// <summary>Where it was lost while Redis was away: until when this node keeps it. A time stamp.</summary>
    public long? Until { get; set; }

    /// <summary>It shows a state that Redis does not know yet.</summary>
    public bool IsStateUnwritten { get; set; }

    /// <summary>A connection to tell the change with.</summary>
    public PresenceConnection Speaker(string key)
    {
        foreach (var (id, ticket) in Connections)
        {
            return new PresenceConnection(id, ChangeCodec.UserOf(key), ticket);
        }

        return ChangeCodec.UserOf(key) is { } user ? new PresenceConnection(Lost ?? "", user) : new PresenceConnection(ChangeCodec.ConnectionOf(key), null);
    }

    public Member Show(string key)
    {
        var user = ChangeCodec.UserOf(key);
        return new Member(user, [.. Connections.Keys], DateTimeOffset.FromUnixTimeMilliseconds(Since), State.Length == 0 ? null : Payload.Checked(State, isBinary: false))
        {
            Connection = user is null ? ChangeCodec.ConnectionOf(key) : null,
        };
    }
}
