using System.Text;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

/// <summary>A legal stream made from a random number generator, and what a reader must say to it.</summary>
internal sealed class StreamScript
{
    private static readonly string[] Characters = ["a", "Z", " ", "é", "ß", "€", "中", "😀", "\u0000", "\uFFFF", "\U0010FFFF"];

    private readonly Random _random;
    private readonly List<byte> _bytes = [];

    public StreamScript(int seed)
    {
        _random = new Random(seed);
        var messages = _random.Next(1, 12);
        for (var i = 0; i < messages; i++)
        {
            AddControlFrames();
            AddMessage();
        }

        if (_random.Next(2) == 0)
        {
            _bytes.AddRange(ClientFrame.Close(CloseCodes.Normal, "done"));
            Expected.Add(ReaderDriver.Closed(CloseCodes.Normal, "done"));
        }
    }

    public static MessageLimits Limits { get; } = new(1 << 18, 16);

    public byte[] Bytes => [.. _bytes];

    public List<string> Expected { get; } = [];

    /// <summary>The bytes in pieces, with a bias to small ones.</summary>
    public IEnumerable<byte[]> Pieces()
    {
        var bytes = Bytes;
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(bytes.Length - at, _random.Next(1, Pick(4, 20, 300, 5000, 100_000)));
            yield return bytes[at..(at + size)];
            at += size;
        }
    }

    private void AddMessage()
    {
        var text = _random.Next(2) == 0;
        var payload = text ? RandomText() : RandomBytes(_random.Next(Pick(1, 10, 200, 3000, 100_000)));
        var fragments = _random.Next(3) == 0 ? _random.Next(2, Limits.MaxFragments + 1) : 1;
        var cuts = Enumerable.Range(0, fragments - 1).Select(_ => _random.Next(payload.Length + 1)).Order().ToArray();
        int[] borders = [0, .. cuts, payload.Length];
        for (var i = 0; i < fragments; i++)
        {
            var opcode = i > 0 ? Opcode.Continuation : text ? Opcode.Text : Opcode.Binary;
            var part = payload.AsSpan(borders[i], borders[i + 1] - borders[i]);
            _bytes.AddRange(ClientFrame.Encode(opcode, part, fin: i == fragments - 1, mask: (uint)_random.NextInt64(1L << 32)));
            if (i < fragments - 1)
            {
                AddControlFrames();
            }
        }

        Expected.Add(ReaderDriver.Said(text ? ReadStatus.Text : ReadStatus.Binary, payload));
    }

    private void AddControlFrames()
    {
        while (_random.Next(3) == 0)
        {
            var (opcode, status) = _random.Next(2) == 0 ? (Opcode.Ping, ReadStatus.Ping) : (Opcode.Pong, ReadStatus.Pong);
            var payload = RandomBytes(_random.Next(126));
            _bytes.AddRange(ClientFrame.Encode(opcode, payload, mask: (uint)_random.NextInt64(1L << 32)));
            Expected.Add(ReaderDriver.Said(status, payload));
        }
    }

    private byte[] RandomText()
    {
        var text = new StringBuilder();
        for (var i = _random.Next(Pick(2, 40, 5000)); i > 0; i--)
        {
            text.Append(Characters[_random.Next(Characters.Length)]);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private int Pick(params int[] choices) => choices[_random.Next(choices.Length)];
}
