using System.Text.Json;

namespace WsCore.ClientTests.Script;

/// <summary>What a server writes.</summary>
internal static class Text
{
    public static string Of(Position position) => $"{{{At(position)}}}";

    /// <summary>The two fields of a position.</summary>
    public static string At(Position position) => $"\"epoch\":{JsonSerializer.Serialize(position.Epoch)},\"seq\":{position.Seq}";

    /// <summary>The two fields of a position of the epoch "e".</summary>
    public static string At(long seq) => At(new Position("e", seq));

    /// <summary>A message of grace to a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="payload">As JSON.</param>
    /// <param name="fields">Further fields, such as <see cref="At(long)"/>.</param>
    public static string Message(string room, string payload, string fields = "") =>
        $$"""{"type":"message","room":{{JsonSerializer.Serialize(room)}},"from":{"user":"grace","connection":"Qp71xT"},"time":1767268800250{{More(fields)}},"payload":{{payload}}}""";

    /// <summary>A message in a room with history, whose payload is its number.</summary>
    public static string Numbered(string room, long seq) => Message(room, $"{seq}", At(seq));

    /// <summary>A reliable message, whose payload is its id.</summary>
    public static string Reliable(string room, string ack, int attempt = 1) =>
        Message(room, $"\"{ack}\"", $"\"ack\":\"{ack}\"{(attempt == 1 ? "" : $",\"attempt\":{attempt}")}");

    private static string More(string fields) => fields.Length == 0 ? "" : "," + fields;
}
