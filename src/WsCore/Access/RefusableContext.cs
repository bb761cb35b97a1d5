using WsCore.Protocol;

namespace WsCore.Access;

/// <summary>What a hook may refuse.</summary>
/// <remarks>Used by one hook at a time; not thread-safe, and not valid once the hook has returned.</remarks>
public abstract class RefusableContext
{
    private const int MaxReason = 1000;

    private protected RefusableContext()
    {
    }

    /// <summary>The code the client is told; null while nothing was refused.</summary>
    internal string? RefusedCode { get; private set; }

    /// <summary>The sentence the client is told.</summary>
    internal string RefusedReason { get; private set; } = "";

    internal bool IsRefused => RefusedCode is not null;

    /// <summary>Refuses, with <c>forbidden</c> and a reason that the client's developer reads.</summary>
    public void Refuse(string reason) => Refuse(ErrorCodes.Forbidden, reason);

    /// <summary>Refuses with a code of the protocol or of the application.</summary>
    /// <param name="code">1 to 64 of <c>a-z</c>, <c>0-9</c> and <c>_</c>; one of <see cref="ErrorCodes"/> or the application's own.</param>
    /// <param name="reason">A sentence for the client's developer; cut at 1,000 characters.</param>
    /// <exception cref="ArgumentException">The code has another form.</exception>
    public void Refuse(string code, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (code is not { Length: >= 1 and <= 64 } || code.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')))
        {
            throw new ArgumentException("A code is 1 to 64 of a-z, 0-9 and _.", nameof(code));
        }

        RefusedCode = code;
        RefusedReason = reason.Length <= MaxReason ? reason : reason[..MaxReason];
    }
}
