using System.Globalization;
using System.Text;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <summary>All that Redis knows of a room's members at one moment.</summary>
/// <param name="Version">Of the room; 0 where nobody is there.</param>
/// <param name="Life">Of the room; 0 where nobody is there.</param>
/// <param name="Members">By key.</param>
/// <param name="Connections">Of each connection, its node and the key of its member.</param>
internal sealed record RoomSnapshot(long Version, long Life, Dictionary<string, ViewMember> Members, Dictionary<string, (string Node, string Key)> Connections)
{
    /// <param name="version">Of the room.</param>
    /// <param name="life">Of the room.</param>
    /// <param name="fields">The hash: fields and values in turn, as the scripts' common part describes them.</param>
    public static RoomSnapshot Read(long version, long life, Reply[] fields)
    {
        var members = new Dictionary<string, ViewMember>(StringComparer.Ordinal);
        var connections = new Dictionary<string, (string Node, string Key)>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var field = fields[i].Bytes;
            if (field.Length < 2)
            {
                continue; // of the room
            }

            var name = Encoding.UTF8.GetString(field.AsSpan(1));
            switch (field[0])
            {
                case (byte)'m':
                    ReadMember(MemberOf(members, name), fields[i + 1].Text);
                    break;
                case (byte)'s':
                    MemberOf(members, name).State = fields[i + 1].Bytes;
                    break;
                case (byte)'c':
                    var parts = fields[i + 1].Text.Split(' ', 3);
                    connections[name] = (parts[1], parts[2]);
                    MemberOf(members, parts[2]).Connections[name] = long.Parse(parts[0], CultureInfo.InvariantCulture);
                    break;
            }
        }

        return new RoomSnapshot(version, life, members, connections);
    }

    public static IReadOnlyList<Member> List(Dictionary<string, ViewMember> members) =>
        [.. members.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Show(pair.Key))];

    private static ViewMember MemberOf(Dictionary<string, ViewMember> members, string key) =>
        members.TryGetValue(key, out var member) ? member : members[key] = new ViewMember();

    private static void ReadMember(ViewMember member, string text)
    {
        var parts = text.Split(' ');
        member.Since = long.Parse(parts[1], CultureInfo.InvariantCulture);
        (member.Lost, member.LostNode) = parts[2] == "-" ? (null, null) : (parts[2], parts[3]);
    }
}
