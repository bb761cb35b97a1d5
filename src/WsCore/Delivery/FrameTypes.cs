using WsCore.Framing;

namespace WsCore.Delivery;

/// <summary>Finds the type of a frame that was made here, once for all its receivers.</summary>
internal static class FrameTypes
{
    /// <summary>Of an envelope that this program wrote: <c>type</c> comes first. Payloads are never looked at.</summary>
    public static FrameType OfEnvelope(ReadOnlySpan<byte> envelope) =>
        !envelope.StartsWith("{\"type\":\""u8) ? FrameType.Other : envelope[9..] switch
        {
            [(byte)'a', (byte)'c', (byte)'k', (byte)'"', ..] => FrameType.Ack,
            [(byte)'m', (byte)'e', (byte)'s', ..] => FrameType.Message,
            [(byte)'e', (byte)'r', (byte)'r', ..] => FrameType.Error,
            [(byte)'w', (byte)'e', (byte)'l', ..] => FrameType.Welcome,
            [(byte)'j', (byte)'o', (byte)'i', ..] => FrameType.Joined,
            [(byte)'l', (byte)'e', (byte)'f', ..] => FrameType.Left,
            [(byte)'u', (byte)'p', (byte)'d', ..] => FrameType.Updated,
            [(byte)'r', (byte)'e', (byte)'m', ..] => FrameType.Removed,
            [(byte)'r', (byte)'e', (byte)'c', ..] => FrameType.Reconnect,
            [(byte)'p', (byte)'o', (byte)'n', ..] => FrameType.Pong,
            _ => FrameType.Other,
        };

    /// <summary>Of a control frame, by its first byte.</summary>
    public static FrameType OfControl(byte first) => (Opcode)(first & 0xf) switch
    {
        Opcode.Ping => FrameType.ControlPing,
        Opcode.Pong => FrameType.ControlPong,
        Opcode.Close => FrameType.Close,
        _ => FrameType.Other,
    };
}
