using System.Runtime.InteropServices;
using System.Text.Json;

namespace WsCore.Client.Wire;

internal static class JsonElementExtensions
{
    /// <summary>The value with its bytes as they came; null where there was none, which is something else than the value <c>null</c>.</summary>
    public static Payload? ToPayload(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? null : Payload.FromJson(JsonMarshal.GetRawUtf8Value(element).ToArray());
}
