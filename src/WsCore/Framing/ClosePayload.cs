using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace WsCore.Framing;

/// <summary>What a close frame says (RFC 6455 section 5.5.1): nothing, or a code and a reason.</summary>
internal readonly record struct ClosePayload(ushort Code, string Reason)
{
    public static readonly ClosePayload None = new(CloseCodes.NoStatus, "");

    public static bool TryParse(ReadOnlySpan<byte> bytes, out ClosePayload payload, out FrameFault fault)
    {
        payload = None;
        fault = default;
        if (bytes.IsEmpty)
        {
            return true;
        }

        if (bytes.Length == 1)
        {
            fault = new FrameFault(CloseCodes.ProtocolError, "close frame with half a code");
            return false;
        }

        var code = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (!CloseCodes.IsValidOnTheWire(code))
        {
            fault = new FrameFault(CloseCodes.ProtocolError, "close code not allowed in a close frame");
            return false;
        }

        if (!Utf8.IsValid(bytes[2..]))
        {
            fault = new FrameFault(CloseCodes.InvalidPayload, "close reason is not UTF-8");
            return false;
        }

        payload = new ClosePayload(code, Encoding.UTF8.GetString(bytes[2..]));
        return true;
    }
}
