using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsCore.Client.Wire;

/// <summary>Generated readers of what a server says, but for messages: those are read by <see cref="MessageReader"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Reply))]
[JsonSerializable(typeof(WelcomeMessage))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    public static Reply ReadReply(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.Reply) ?? throw new JsonException("null where an object has to be");

    public static Welcome ReadWelcome(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, Default.WelcomeMessage)?.ToWelcome() ?? throw new JsonException("null where an object has to be");
}
