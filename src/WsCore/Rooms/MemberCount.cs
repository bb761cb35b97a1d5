namespace WsCore.Rooms;

/// <summary>Counts members: a user with all their connections is one, an anonymous connection is one.</summary>
/// <remarks>Owned by a room, under its gate. Kept only where the namespace has presence.</remarks>
internal sealed class MemberCount
{
    private readonly Dictionary<string, int> _connections = new(StringComparer.Ordinal);
    private int _anonymous;

    public int Value => _connections.Count + _anonymous;

    public void Add(string? user)
    {
        if (user is null)
        {
            _anonymous++;
            return;
        }

        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_connections, user, out _)++;
    }

    public void Remove(string? user)
    {
        if (user is null)
        {
            _anonymous--;
            return;
        }

        if (--System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(_connections, user) == 0)
        {
            _connections.Remove(user);
        }
    }
}
