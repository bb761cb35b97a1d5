using System.Text.Json;

namespace WsCore.Client.Wire;

/// <summary>An entry of <c>members</c>.</summary>
internal sealed record MemberItem
{
    public string? User { get; init; }
    public string? Connection { get; init; }
    public int Connections { get; init; }
    public long Since { get; init; }
    public JsonElement State { get; init; }
}
