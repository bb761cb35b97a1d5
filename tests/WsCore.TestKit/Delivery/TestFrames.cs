using System.Text;
using WsCore.Delivery;
using WsCore.Framing;

namespace WsCore.TestKit.Delivery;

/// <summary>Frames for tests.</summary>
internal static class TestFrames
{
    public static Frame Text(string text, bool ephemeral = false)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Frame.Create(Opcode.Text, utf8.Length, utf8, static (payload, utf8) => utf8.CopyTo(payload), ephemeral);
    }

    /// <summary>A binary frame of exactly so many bytes on the wire.</summary>
    public static Frame OfWireLength(int length, bool ephemeral = false)
    {
        var payload = length - FrameWriter.HeaderSize(length - 2);
        payload = length - FrameWriter.HeaderSize(payload);
        var frame = Frame.Create(Opcode.Binary, payload, 0, static (_, _) => { }, ephemeral);
        return frame.Length == length ? frame : throw new ArgumentOutOfRangeException(nameof(length), length, "No frame has this length.");
    }

    public static Frame Ping(string text) => Frame.FromWire(FrameWriter.Control(Opcode.Ping, Encoding.UTF8.GetBytes(text)));

    public static Frame Pong(string text) => Frame.FromWire(FrameWriter.Control(Opcode.Pong, Encoding.UTF8.GetBytes(text)));

    public static Frame Close(ushort code) => Frame.FromWire(FrameWriter.Close(code, "bye"));
}
