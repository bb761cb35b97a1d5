using System.Text;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.Keys;

/// <summary>Every key and channel there is, and nothing besides: <c>prefix:kind:name</c>.</summary>
/// <remarks>Immutable. The prefix keeps applications apart that share a Redis.</remarks>
/// <param name="prefix">1 to 64 of <c>A-Z a-z 0-9 . _ -</c>, as <see cref="Hosting.RedisOptions"/> checks.</param>
internal sealed class RedisKeys(string prefix)
{
    private readonly byte[] _room = Utf8($"{prefix}:room:");
    private readonly byte[] _log = Utf8($"{prefix}:log:");
    private readonly byte[] _stream = Utf8($"{prefix}:stream:");
    private readonly byte[] _presence = Utf8($"{prefix}:presence:");
    private readonly byte[] _once = Utf8($"{prefix}:once:");

    public string Prefix { get; } = prefix;

    /// <summary>Hash: which server process has the data, and what follows from it.</summary>
    public byte[] Server { get; } = Utf8($"{prefix}:server");

    /// <summary>Sorted set: rooms that have a log, by when to look whether they are to be forgotten.</summary>
    public byte[] Logs { get; } = Utf8($"{prefix}:logs");

    /// <summary>Hash: how often a room of each bucket was forgotten.</summary>
    public byte[] Generations { get; } = Utf8($"{prefix}:generations");

    /// <summary>Sorted set: nodes, by the end of their leases.</summary>
    public byte[] Nodes { get; } = Utf8($"{prefix}:nodes");

    /// <summary>Hash: what nodes tell of themselves.</summary>
    public byte[] NodeInfos { get; } = Utf8($"{prefix}:node-infos");

    /// <summary>Sorted set: nodes whose leases have ended and whose members are still listed, by when one may begin to take these out.</summary>
    public byte[] Dead { get; } = Utf8($"{prefix}:dead");

    /// <summary>Sorted set: members who were lost, by the end of their grace.</summary>
    public byte[] Lost { get; } = Utf8($"{prefix}:lost");

    /// <summary>Channel of every node.</summary>
    public Topic Everybody { get; } = new(Utf8($"{prefix}:everybody"));

    /// <summary>Channel of a room, for all that happens there.</summary>
    public Topic Room(RoomName room) => new(Join(_room, room));

    /// <summary>Hash: a room's epoch, counter, bytes and the like.</summary>
    public byte[] Log(RoomName room) => Join(_log, room);

    /// <summary>Stream: a room's messages; ids are <c>number-time</c>.</summary>
    public byte[] Stream(RoomName room) => Join(_stream, room);

    /// <summary>Hash: a room's members.</summary>
    public byte[] Presence(RoomName room) => Join(_presence, room);

    /// <summary>Channel of a namespace.</summary>
    public Topic Namespace(string name) => new(Utf8($"{Prefix}:namespace:{name}"));

    /// <summary>Channel of one node: its nonces, and answers to it.</summary>
    public Topic Node(string node) => new(Utf8($"{Prefix}:node:{node}"));

    /// <summary>Set: users with a connection to a node.</summary>
    public byte[] Users(string node) => Utf8($"{Prefix}:users:{node}");

    /// <summary>Hash: connections of a node that are listed as being in a room, for those who clean up.</summary>
    public byte[] Attended(string node) => Utf8($"{Prefix}:attended:{node}");

    /// <summary>Of a request with <c>once</c>.</summary>
    /// <param name="digest">Of whose it is and its key, so that no two are run together.</param>
    public byte[] Once(ReadOnlySpan<byte> digest) => [.. _once, .. digest];

    private static byte[] Join(byte[] prefix, RoomName room) => [.. prefix, .. room.Utf8.Span];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
