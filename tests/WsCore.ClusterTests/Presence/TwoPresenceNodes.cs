using System.Text;
using WsCore.Presence;
using WsCore.Rooms;
using WsCore.TestKit.Redis;

namespace WsCore.ClusterTests.Presence;

/// <summary>Two nodes on one Redis, and who comes to a room.</summary>
public abstract class TwoPresenceNodes : IAsyncLifetime
{
    private protected static readonly RoomName Tea = RoomName.Create("tea"u8);
    private protected static readonly PresenceConnection Ada = new("a1", "ada", 1);
    private protected static readonly PresenceConnection Bob = new("b1", "bob", 2);

    private protected RedisServer Redis { get; private set; } = null!;

    private protected PresenceNode One { get; private set; } = null!;

    private protected PresenceNode Two { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Redis = await RedisServer.StartAsync();
        One = await PresenceNode.UpAsync(Redis.ConnectionString);
        Two = await PresenceNode.UpAsync(Redis.ConnectionString, "n2");
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private protected static ValueTask<int> Join(PresenceNode node, PresenceConnection who, string state = "") =>
        node.Store.JoinAsync(Tea, who, Encoding.UTF8.GetBytes(state));

    private protected static Task Told(PresenceNode node, params string[] lines) => node.Told(Tea, lines);
}
