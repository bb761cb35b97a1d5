using WsCore.Protocol;

namespace WsCore.Tests.Simulation;

/// <summary>A room as one client sees it.</summary>
internal sealed class ClientRoom(string name, bool keepsHistory)
{
    public string Name { get; } = name;

    public bool KeepsHistory { get; } = keepsHistory;

    /// <summary>The client wants to be in it.</summary>
    public bool Wanted { get; set; }

    /// <summary>From the <c>ack</c> of a join to that of a leave.</summary>
    public bool IsIn { get; set; }

    /// <summary>The join or leave that has not been answered.</summary>
    public Request? Changing { get; set; }

    public bool IsLeaving => Changing is { Type: "leave" };

    public bool IsRejoining => IsIn && Changing is { Type: "join" };

    /// <summary>What a join would say as <c>since</c>: everything up to there was seen.</summary>
    public Position? Known { get; set; }

    /// <summary>The last number on this connection.</summary>
    public Position Live { get; set; }

    /// <summary>The connection began after <see cref="Known"/>: what lies between comes with the answer to a join.</summary>
    public bool IsBehind { get; set; }

    /// <summary>An answer of the client's own came before its place, because the replay it would have come in was ended by another join.</summary>
    public bool IsUnsettled { get; set; }

    /// <summary>Members, as the newest that tells of it says; null where nothing does.</summary>
    public long? Members { get; set; }

    /// <summary>Of each sender, the last number of its own.</summary>
    public Dictionary<string, long> LastOf { get; } = [];

    /// <summary>Messages that must not come twice.</summary>
    public HashSet<string> Seen { get; } = [];

    /// <summary>The connection is over.</summary>
    public void Lose()
    {
        (IsIn, Changing, IsBehind, IsUnsettled) = (false, null, false, false);
        Members = null;
        LastOf.Clear();
    }
}
