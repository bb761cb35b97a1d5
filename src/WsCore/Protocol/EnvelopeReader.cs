namespace WsCore.Protocol;

internal static class EnvelopeReader
{
    public static bool TryRead(ReadOnlyMemory<byte> utf8, in EnvelopeLimits limits, out Envelope envelope, out EnvelopeFault fault)
    {
        _ = utf8;
        _ = limits;
        envelope = default;
        fault = EnvelopeFault.Parse("The message is not valid JSON.");
        return false;
    }

    public static bool TryReadBinary(ReadOnlyMemory<byte> data, in EnvelopeLimits limits, out Envelope envelope, out EnvelopeFault fault) =>
        TryRead(data, limits, out envelope, out fault);
}
