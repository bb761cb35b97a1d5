namespace WsCore.Access;

/// <summary>How large a payload that the application makes may be: one that fills an outbox would make every reader a slow one.</summary>
/// <param name="Bytes">The most.</param>
internal sealed record PayloadLimit(int Bytes)
{
    /// <summary>Half of what an outbox takes, so that a reader may still be busy with the one before.</summary>
    public static PayloadLimit For(int outboxBytes) => new(outboxBytes / 2);

    /// <exception cref="ArgumentException">What a hook adds to an ack is too large.</exception>
    public void CheckSum(List<AckAddition>? additions)
    {
        if (additions?.Sum(addition => (long)addition.Json.Length) > Bytes)
        {
            throw new ArgumentException($"What hooks add to an ack may have {Bytes} bytes, half of Outbox:MaxBytes.", nameof(additions));
        }
    }

    /// <exception cref="ArgumentException">The payload was not made, or is too large.</exception>
    public void Check(in Payload payload, string name)
    {
        if (!payload.IsBinary && payload.Bytes.IsEmpty)
        {
            throw new ArgumentException("A payload must be JSON or binary; make it with one of Payload's methods.", name);
        }

        if (payload.Bytes.Length > Bytes)
        {
            throw new ArgumentException($"A payload of the application may have {Bytes} bytes, half of Outbox:MaxBytes, not {payload.Bytes.Length}.", name);
        }
    }
}
