using WsCore.Backplane;
using WsCore.Presence;
using WsCore.Rooms;

namespace WsCore.TestKit.Presence;

/// <summary>A store that cannot tell, while the test says so, who is there; what it is told it takes, as every store does.</summary>
internal sealed class ScriptedPresenceStore(IPresenceStore inner) : IPresenceStore
{
    /// <summary>Questions fail.</summary>
    public bool IsAway { get; set; }

    public long Members => inner.Members;

    /// <summary>Users who came and went, in order: <c>ada True</c>.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Connections { get; } = new();

    public ValueTask<int> JoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state) => inner.JoinAsync(room, who, state);

    public ValueTask LeaveAsync(RoomName room, PresenceConnection who, bool lost) => inner.LeaveAsync(room, who, lost);

    public ValueTask<bool> UpdateAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state) => inner.UpdateAsync(room, who, state);

    public void Connected(string user, bool here)
    {
        Connections.Enqueue($"{user} {here}");
        inner.Connected(user, here);
    }

    public ValueTask<IReadOnlyList<Member>> MembersAsync(RoomName room) => IsAway ? ValueTask.FromException<IReadOnlyList<Member>>(Away()) : inner.MembersAsync(room);

    public ValueTask<IReadOnlyList<string>> OnlineAsync(IEnumerable<string> users) => IsAway ? ValueTask.FromException<IReadOnlyList<string>>(Away()) : inner.OnlineAsync(users);

    private static UnavailableException Away() => new("The test has taken it away.") { RetryAfter = TimeSpan.FromSeconds(3) };
}
