namespace WsCore.Handshake;

/// <summary>What a request gets.</summary>
/// <param name="Status">101 to go on, or the HTTP status of a refusal.</param>
/// <param name="Sentence">For a refusal: what to do instead.</param>
/// <param name="Subprotocol">For a 101: the subprotocol to name, or null.</param>
internal readonly record struct HandshakeAnswer(int Status, string Sentence, string? Subprotocol = null)
{
    public bool IsAccepted => Status == 101;

    public static HandshakeAnswer Accept(string? subprotocol) => new(101, "", subprotocol);

    public static HandshakeAnswer Refuse(int status, string sentence) => new(status, sentence);
}
