using WsCore.Protocol;

namespace WsCore.Tests.Simulation;

/// <summary>What a client asked for and has no answer to.</summary>
internal sealed class Request(string id, string type, string[] rooms)
{
    private bool?[] _before = [];
    private bool?[]? _after;

    public string Id { get; } = id;

    public string Type { get; } = type;

    /// <summary>In the order in which they were asked for; a user's personal room is one too.</summary>
    public string[] Rooms { get; } = rooms;

    /// <summary>Of a join, beside each room.</summary>
    public Position?[] Since { get; init; } = [];

    public bool HasRooms { get; init; }

    public SentMessage? Message { get; init; }

    /// <summary>The <c>once</c> of something else was taken.</summary>
    public bool IsConflict { get; init; }

    public void Begins(Oracle oracle) => _before = Judge(oracle);

    public void Ends(Oracle oracle) => _after ??= Judge(oracle);

    /// <summary>Whether <c>recovered</c> may be said of a room, as things stood when the request was begun or ended.</summary>
    public bool MayBe(bool recovered, int index, Oracle oracle)
    {
        Ends(oracle);
        return _before[index] is not { } before || _after![index] is not { } after || before == recovered || after == recovered;
    }

    private bool?[] Judge(Oracle oracle) =>
        [.. Since.Select((since, i) => since is { } position ? oracle.Kept(Rooms[i]) is { } kept ? kept.Covers(position) : null : false)];
}
