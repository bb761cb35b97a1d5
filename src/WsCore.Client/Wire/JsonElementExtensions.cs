using System.Runtime.InteropServices;
using System.Text.Json;

namespace WsCore.Client.Wire;

internal static class JsonElementExtensions
{
    /// <summary>The value with its bytes as they came.</summary>
    public static Payload ToPayload(this JsonElement element) => Payload.FromJson(JsonMarshal.GetRawUtf8Value(element).ToArray());
}
