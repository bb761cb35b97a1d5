using System.Globalization;
using System.Text;
using WsCore.Presence;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <summary>A connection that is listed as being in a room.</summary>
/// <param name="Room">Where.</param>
/// <param name="Who">The connection.</param>
internal readonly record struct Attended(RoomName Room, PresenceConnection Who)
{
    /// <param name="fields">Texts (connection, room, with a zero between) and values (ticket, key) in turn.</param>
    public static IEnumerable<Attended> Read(Reply[] fields)
    {
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var (field, value) = (fields[i].Bytes, fields[i + 1].Text.Split(' ', 2));
            var zero = field.AsSpan().IndexOf((byte)0);
            var who = new PresenceConnection(
                Encoding.UTF8.GetString(field.AsSpan(0, zero)), ChangeCodec.UserOf(value[1]), long.Parse(value[0], CultureInfo.InvariantCulture));
            yield return new Attended(RoomName.Create(field.AsSpan((zero + 1)..)), who);
        }
    }
}
