using System.Security.Claims;
using WsCore.Rooms;

namespace WsCore.Handshake;

/// <summary>Finds the user in a principal.</summary>
internal static class UserOf
{
    /// <summary>The claim <c>sub</c>, or <see cref="ClaimTypes.NameIdentifier"/>, of an authenticated principal; null where there is none that can name a user.</summary>
    public static string? Principal(ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true })
        {
            return null;
        }

        var user = principal.FindFirst("sub")?.Value ?? principal.FindFirst(ClaimTypes.NameIdentifier)?.Value;
        return PersonalRoom.IsUser(user) ? user : null;
    }
}
