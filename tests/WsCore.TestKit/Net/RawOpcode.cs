namespace WsCore.TestKit.Net;

/// <summary>Opcodes of RFC 6455 §5.2; a test may send any other number from 0 to 15.</summary>
internal static class RawOpcode
{
    public const byte Continuation = 0;
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;
}
