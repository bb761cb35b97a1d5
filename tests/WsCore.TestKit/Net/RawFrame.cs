using System.Buffers.Binary;
using System.Text;
using WsCore.TestKit.Randomness;

namespace WsCore.TestKit.Net;

/// <summary>A frame as it came, unmasked; <paramref name="Rsv"/> is RSV1 (4), RSV2 (2) and RSV3 (1).</summary>
internal sealed record RawFrame(byte Opcode, bool Fin, int Rsv, byte[] Payload)
{
    private static readonly Random MaskingKeys = TestSeed.CreateRandom();

    public bool IsControl => (Opcode & 8) != 0;

    /// <summary>The payload as UTF-8; invalid UTF-8 throws.</summary>
    public string Text => StrictUtf8.GetString(Payload);

    internal static UTF8Encoding StrictUtf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The bytes of a frame (RFC 6455 §5.2). Nothing is checked: a control frame may be long or fragmented, a client's
    /// frame unmasked, an opcode reserved.
    /// </summary>
    public static byte[] Encode(byte opcode, ReadOnlySpan<byte> payload, bool fin = true, bool masked = true, int rsv = 0)
    {
        var lengthBytes = payload.Length switch { < 126 => 0, <= ushort.MaxValue => 2, _ => 8 };
        var headerBytes = 2 + lengthBytes + (masked ? 4 : 0);
        var frame = new byte[headerBytes + payload.Length];
        frame[0] = (byte)((fin ? 0x80 : 0) | (rsv << 4) | (opcode & 0x0F));
        frame[1] = (byte)((masked ? 0x80 : 0) | lengthBytes switch { 0 => payload.Length, 2 => 126, _ => 127 });
        switch (lengthBytes)
        {
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
                break;
            case 8:
                BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
                break;
        }

        var body = frame.AsSpan(headerBytes);
        payload.CopyTo(body);
        if (masked)
        {
            var key = frame.AsSpan(headerBytes - 4, 4);
            lock (MaskingKeys)
            {
                MaskingKeys.NextBytes(key);
            }

            for (var i = 0; i < body.Length; i++)
            {
                body[i] ^= key[i & 3];
            }
        }

        return frame;
    }

    /// <summary>The payload of a close frame: two bytes of code and the reason (RFC 6455 §5.5.1).</summary>
    public static byte[] ClosePayload(int code, string reason = "") =>
        [(byte)(code >> 8), (byte)code, .. StrictUtf8.GetBytes(reason)];

    /// <summary>For messages of failing tests: the payload's start as text, whatever it is.</summary>
    public override string ToString() =>
        $"opcode {Opcode}, fin {Fin}, rsv {Rsv}, {Payload.Length} bytes: "
        + Encoding.Latin1.GetString(Payload.AsSpan(0, Math.Min(Payload.Length, 200)));
}
