using System.Text;
using System.Text.Json;
using WsCore.Buffers;

namespace WsCore.Tests.Protocol;

/// <summary>What a writer wrote, as text and as a document that refuses duplicate names.</summary>
internal static class Written
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static string By(Action<PooledBufferWriter> write)
    {
        using PooledBufferWriter writer = new(firstCapacity: 16);
        write(writer);
        using JsonDocument document = JsonDocument.Parse(writer.WrittenMemory, Strict);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    public static JsonElement Parsed(ReadOnlyMemory<byte> utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8, Strict);
        return document.RootElement.Clone();
    }

    public static JsonElement Parsed(string json) => Parsed(Encoding.UTF8.GetBytes(json));
}
