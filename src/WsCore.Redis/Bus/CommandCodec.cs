using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using WsCore.Backplane;

namespace WsCore.Redis.Bus;

/// <summary>The payloads of <see cref="BusKind.Command"/>: requests and answers, told apart by the first byte. The envelope's id is the request's.</summary>
/// <remarks>
/// <code>
/// request    u8 = 1, u8 kind, u16 length + who, u16 length + room (empty: none), u16 length + reason (empty: none)
/// answer     u8 = 2, u32 connections that it concerned
/// </code>
/// </remarks>
internal static class CommandCodec
{
    private const byte Request = 1;
    private const byte Answer = 2;
    private const int MostCharacters = 1_000; // of a reason; a close frame has place for 123 bytes

    public static byte[] Write(NodeCommand command)
    {
        var reason = command.Reason is { Length: > MostCharacters } text ? text[..MostCharacters] : command.Reason;
        using var buffer = new MemoryStream();
        buffer.WriteByte(Request);
        buffer.WriteByte((byte)command.Kind);
        Span<byte> length = stackalloc byte[2];
        foreach (var field in new[] { command.Who, command.Room, reason })
        {
            var utf8 = Encoding.UTF8.GetBytes(field ?? "");
            BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)utf8.Length));
            buffer.Write(length);
            buffer.Write(utf8);
        }

        return buffer.ToArray();
    }

    public static byte[] Write(int concerned)
    {
        var bytes = new byte[5];
        bytes[0] = Answer;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), concerned);
        return bytes;
    }

    /// <summary>False: it is no request that this version understands.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out NodeCommand? command)
    {
        command = null;
        if (payload.Length < 2 || payload.Span[0] != Request)
        {
            return false;
        }

        var reader = new ByteReader(payload[2..]);
        if (reader.TryTake16(out var who) && reader.TryTake16(out var room) && reader.TryTake16(out var reason))
        {
            command = new NodeCommand((NodeCommandKind)payload.Span[1], Text(who) ?? "", Text(room), Text(reason));
        }

        return command is not null;
    }

    /// <summary>False: it is no answer.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> payload, out int concerned)
    {
        var isAnswer = payload.Length >= 5 && payload.Span[0] == Answer;
        concerned = isAnswer ? BinaryPrimitives.ReadInt32BigEndian(payload.Span[1..]) : 0;
        return isAnswer;
    }

    private static string? Text(ReadOnlyMemory<byte> utf8) => utf8.IsEmpty ? null : Encoding.UTF8.GetString(utf8.Span);
}
