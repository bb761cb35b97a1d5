using System.Text.Json;
using WsCore.TestKit.Hosting;

namespace WsCore.ClientTests.Script;

/// <summary>A <c>join</c> of the client, of one room or of several, to look at and to answer in the form that it asks for.</summary>
internal sealed class ScriptedJoin(ScriptedConnection connection, JsonElement request)
{
    public JsonElement Request => request;

    /// <summary>Whether it came with <c>rooms</c>.</summary>
    public bool IsOfSeveral => request.Has("rooms");

    /// <summary>Each room with what was asked for it, in the order asked.</summary>
    public IReadOnlyList<(string Room, Position? Since, string? State)> Entries { get; } =
        [.. request.Has("rooms") ? request.Items("rooms").Select(Entry) : [Entry(request)]];

    public string[] Rooms => [.. Entries.Select(entry => entry.Room)];

    /// <summary>The position that was given for a room; null for none.</summary>
    public Position? Since(string room) => Entries.Single(entry => entry.Room == room).Since;

    /// <summary>What the others are to see, as it was written; null for nothing.</summary>
    public string? State(string room) => Entries.Single(entry => entry.Room == room).State;

    /// <summary>Takes it, each room with the same fields.</summary>
    public Task AckAsync(string fields = "") => AckAsync(_ => fields);

    /// <summary>Takes it, each room with what the answer has besides its name.</summary>
    public Task AckAsync(Func<string, string> fieldsOf)
    {
        if (IsOfSeveral)
        {
            return connection.AckAsync(request, $"\"results\":[{string.Join(',', Rooms.Select(Result))}]");
        }

        var fields = fieldsOf(Rooms[0]);
        return fields.Contains("\"code\"", StringComparison.Ordinal)
            ? connection.SendAsync($"{{\"type\":\"error\",\"id\":{request.Raw("id")},{fields}}}")
            : connection.AckAsync(request, Result(Rooms[0])[1..^1]);

        string Result(string room) => $"{{\"room\":{JsonSerializer.Serialize(room)}{(fieldsOf(room).Length == 0 ? "" : ",")}{fieldsOf(room)}}}";
    }

    /// <summary>What makes the answer of a room a refusal.</summary>
    public static string Refused(string code, int? retryAfter = null) =>
        $"\"code\":\"{code}\",\"message\":\"Because.\"{(retryAfter is null ? "" : $",\"retryAfter\":{retryAfter}")}";

    private static (string Room, Position? Since, string? State) Entry(JsonElement entry) => entry.ValueKind == JsonValueKind.String
        ? (entry.GetString()!, null, null)
        : (entry.Text("room")!,
            entry.TryGetProperty("since", out var since) ? new Position(since.Text("epoch")!, since.Number("seq")) : null,
            entry.Has("state") ? entry.Raw("state") : null);
}
