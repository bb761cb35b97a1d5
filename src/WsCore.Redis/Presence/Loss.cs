using System.Text;
using WsCore.Presence;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <summary>A member whose last connection was lost.</summary>
/// <param name="Room">Where.</param>
/// <param name="Key">Of the member.</param>
/// <param name="Who">The connection.</param>
/// <param name="Text">As it stands in Redis.</param>
internal sealed record Loss(RoomName Room, string Key, PresenceConnection Who, byte[] Text)
{
    /// <param name="text">Room, key and connection, with zeros between.</param>
    public static Loss Read(byte[] text)
    {
        var (first, last) = (text.AsSpan().IndexOf((byte)0), text.AsSpan().LastIndexOf((byte)0));
        var key = Encoding.UTF8.GetString(text.AsSpan((first + 1)..last));
        var who = new PresenceConnection(Encoding.UTF8.GetString(text.AsSpan((last + 1)..)), ChangeCodec.UserOf(key));
        return new Loss(RoomName.Create(text.AsSpan(0, first)), key, who, text);
    }
}
