using WsCore.Access;
using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>A member of one room, in memory.</summary>
/// <remarks>Owned by its <see cref="PresenceRoom"/>, under that one's lock.</remarks>
internal sealed class PresenceMember(PresenceConnection first, DateTimeOffset since)
{
    /// <summary>Tickets by connection; empty while the member is lost.</summary>
    public Dictionary<string, long> Connections { get; } = new(StringComparer.Ordinal) { [first.Connection] = first.Ticket };

    /// <summary>One JSON value; empty for none. Replaced, never changed.</summary>
    public byte[] State { get; set; } = [];

    /// <summary>The connection that was lost last.</summary>
    public PresenceConnection LostConnection { get; private set; }

    /// <summary>How often it was lost: which of the times it is that a grace belongs to.</summary>
    public int Losses { get; private set; }

    public void Lose(PresenceConnection last)
    {
        LostConnection = last;
        Losses++;
    }

    public Member Show() => new(first.User, [.. Connections.Keys], since, State.Length == 0 ? null : Payload.Checked(State, isBinary: false))
    {
        Connection = first.User is null ? first.Connection : null,
    };
}
