using WsCore.Hosting;

namespace WsCore.Handshake;

/// <summary>Decides whether a good handshake is let in: who may, and whether the node takes any.</summary>
internal sealed class Admission(Node node)
{
    /// <summary>Null to let the request in.</summary>
    public HandshakeAnswer? Check(string? user, bool authenticated)
    {
        if (node.IsStopping)
        {
            return HandshakeAnswer.Refuse(503, Node.StoppingReason);
        }

        if (user is not null || node.Options.Auth.AllowAnonymous == true)
        {
            return null;
        }

        return authenticated
            ? HandshakeAnswer.Refuse(403, "The authenticated principal has no 'sub' or name identifier of 1 to 250 bytes without control characters.")
            : HandshakeAnswer.Refuse(401, "Authentication is required; anonymous connections need 'Auth:AllowAnonymous' (in code: options.Auth.AllowAnonymous = true).");
    }
}
