using System.Text.Json;

namespace WsCore.TestKit.Hosting;

/// <summary>Short ways to look into an answer.</summary>
internal static class JsonElementExtensions
{
    /// <summary>The string of that name; null where there is none.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The integer of that name.</summary>
    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();

    public static bool Has(this JsonElement json, string name) => json.TryGetProperty(name, out _);

    /// <summary>The value of that name as it was written.</summary>
    public static string Raw(this JsonElement json, string name) => json.GetProperty(name).GetRawText();

    /// <summary>The names of an object's fields, in their order.</summary>
    public static string[] Names(this JsonElement json) => [.. json.EnumerateObject().Select(property => property.Name)];

    /// <summary>The array of that name.</summary>
    public static JsonElement[] Items(this JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray()];
}
