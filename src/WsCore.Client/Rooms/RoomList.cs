namespace WsCore.Client.Rooms;

/// <summary>The rooms that the client wants to be in, by name. Its user bounds it: the server takes 128 of a connection unless configured.</summary>
/// <remarks>Belongs to whoever holds the session's gate.</remarks>
internal sealed class RoomList
{
    private readonly Dictionary<string, Room> _rooms = [];
    private readonly Dictionary<string, Room>.AlternateLookup<ReadOnlySpan<char>> _byCharacters;

    public RoomList() => _byCharacters = _rooms.GetAlternateLookup<ReadOnlySpan<char>>();

    public IEnumerable<Room> All => _rooms.Values;

    public Room? Find(string name) => _rooms.GetValueOrDefault(name);

    /// <summary>Without a string, which messages do not need to make.</summary>
    public Room? Find(ReadOnlySpan<char> name) => _byCharacters.TryGetValue(name, out var room) ? room : null;

    public Room GetOrAdd(string name)
    {
        if (!_rooms.TryGetValue(name, out var room))
        {
            _rooms.Add(name, room = new Room(name));
        }

        return room;
    }

    public bool Remove(string name) => _rooms.Remove(name);
}
