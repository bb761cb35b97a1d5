namespace WsCore.Protocol;

/// <summary>Why an envelope was refused.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">A sentence a developer can act on; it names the field in single quotes where there is one. Not escaped for JSON.</param>
internal readonly record struct EnvelopeFault(string Code, string Message)
{
    public static EnvelopeFault Parse(string message) => new(ErrorCodes.ParseError, message);

    public static EnvelopeFault Invalid(string message) => new(ErrorCodes.InvalidMessage, message);

    public static EnvelopeFault TooLarge(string message) => new(ErrorCodes.TooLarge, message);

    /// <summary>For a type that the reader knows or does not know, and the dispatcher does not serve.</summary>
    public static EnvelopeFault UnknownType(in Envelope envelope) =>
        new(ErrorCodes.UnknownType, $"'type' is \"{JsonText.Show(envelope.TypeName.Span)}\", which is {(envelope.Type == MessageType.Unknown ? "no type of this protocol (types are lower-case)" : "not served by this version")}.");
}
