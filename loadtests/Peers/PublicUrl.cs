namespace WsCore.LoadTests.Peers;

/// <summary>An address as it may be shown: a query and a user's name and password may be secrets.</summary>
internal static class PublicUrl
{
    public static string Of(Uri url) => $"{url.Scheme}://{url.Authority}{url.AbsolutePath}{(url.Query.Length > 1 ? "?***" : "")}";
}
