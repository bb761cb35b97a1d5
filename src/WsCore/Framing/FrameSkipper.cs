using System.Buffers;

namespace WsCore.Framing;

/// <summary>
/// Goes over frames without looking into them, until the peer's close frame. RFC 6455 section 7.1.1 wants both close frames
/// exchanged before the connection goes down; what comes in between means nothing any more (section 1.4).
/// </summary>
internal static class FrameSkipper
{
    /// <summary>
    /// Skips first <paramref name="remaining"/> bytes of a frame that was begun, then frames. <see cref="ReadStatus.Fault"/>: a frame
    /// whose end cannot be known, nothing after it can be found.
    /// </summary>
    public static ReadStatus Skip(ref ReadOnlySequence<byte> input, ref long remaining, out ClosePayload close)
    {
        close = ClosePayload.None;
        while (true)
        {
            var step = Math.Min(remaining, input.Length);
            input = input.Slice(step);
            remaining -= step;
            if (remaining > 0)
            {
                return ReadStatus.NeedMore;
            }

            switch (FrameHeader.TrySkim(input, out var header))
            {
                case HeaderStatus.NeedMore:
                    return ReadStatus.NeedMore;
                case HeaderStatus.Fault:
                    return ReadStatus.Fault;
            }

            if (header.Opcode == Opcode.Close)
            {
                return ReadClose(ref input, header, out close);
            }

            input = input.Slice(header.Size);
            remaining = header.PayloadLength;
        }
    }

    /// <summary>What a close frame says is reported only where it obeys the rules; that it was sent, always.</summary>
    private static ReadStatus ReadClose(ref ReadOnlySequence<byte> input, in FrameHeader header, out ClosePayload close)
    {
        close = ClosePayload.None;
        if (header.PayloadLength <= HeaderRules.MaxControlPayload)
        {
            if (input.Length < header.Size + header.PayloadLength)
            {
                return ReadStatus.NeedMore;
            }

            Span<byte> bytes = stackalloc byte[(int)header.PayloadLength];
            input.Slice(header.Size, header.PayloadLength).CopyTo(bytes);
            Masking.Apply(bytes, bytes, header.Mask);
            ClosePayload.TryParse(bytes, out close, out _);
        }

        input = input.Slice(input.End); // nothing follows a close frame (section 5.5.1)
        return ReadStatus.Close;
    }
}
