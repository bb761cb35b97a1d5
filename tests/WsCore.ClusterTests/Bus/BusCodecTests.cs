using System.Security.Cryptography;
using WsCore.Redis.Bus;
using WsCore.TestKit.Randomness;

namespace WsCore.ClusterTests.Bus;

/// <summary>Envelopes come out as they went in, and nobody without the key makes or changes one.</summary>
public sealed class BusCodecTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private readonly BusCodec _codec = new(Key);
    private readonly Random _random = TestSeed.CreateRandom();

    [Fact]
    public void TryRead_Written_IsTheSame()
    {
        for (var i = 0; i < 2_000; i++)
        {
            var envelope = Random();

            Assert.True(_codec.TryRead(_codec.Write(envelope), out var read));
            AssertSame(envelope, read);
            Assert.True(read.Preamble.IsEmpty);
        }
    }

    [Fact]
    public void TryRead_BareBehindAPreamble_HasBoth()
    {
        for (var i = 0; i < 500; i++)
        {
            var envelope = Random();
            var preamble = Bytes(255);

            Assert.True(_codec.TryRead((byte[])[(byte)preamble.Length, .. preamble, .. _codec.WriteBare(envelope)], out var read));
            AssertSame(envelope, read);
            Assert.Equal(preamble, read.Preamble);
            Assert.True(_codec.TryReadBare(_codec.WriteBare(envelope), out read));
            AssertSame(envelope, read);
        }
    }

    [Fact]
    public void TryRead_AnyBitChanged_IsRefused()
    {
        var bytes = _codec.Write(Random() with { Payload = Bytes(100), SlotOffset = 0, SlotWidth = 0 });
        for (var bit = 8; bit < bytes.Length * 8; bit++) // the first byte is the preamble's length
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_codec.TryRead(bytes, out _), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(_codec.TryRead(bytes, out _));
    }

    [Fact]
    public void TryRead_CutOrLengthened_IsRefused()
    {
        var bytes = _codec.Write(Random());
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(_codec.TryRead(bytes.AsMemory(0, length), out _));
            Assert.False(_codec.TryReadBare(bytes.AsMemory(1, Math.Max(0, length - 1)), out _));
        }

        Assert.False(_codec.TryRead((byte[])[.. bytes, 0], out _));
    }

    [Fact]
    public void TryRead_NoiseOfAnyLength_IsRefusedAndNothingThrown()
    {
        for (var i = 0; i < 20_000; i++)
        {
            var noise = Bytes(i % 200);
            Assert.False(_codec.TryRead(noise, out _));
            Assert.False(_codec.TryReadBare(noise, out _));
            Assert.False(BusCodec.ClaimsToBeMessageOf(noise, "some-node"u8));
        }
    }

    [Fact]
    public void TryRead_OfAnotherKey_IsRefused()
    {
        var other = new BusCodec(RandomNumberGenerator.GetBytes(32));

        Assert.False(_codec.TryRead(other.Write(Random()), out _));
    }

    [Theory]
    [InlineData(8, 4, 12, true)]
    [InlineData(8, 5, 12, false)]
    [InlineData(0, 0, 0, true)]
    [InlineData(-1, 1, 12, false)]
    [InlineData(int.MaxValue, 255, 12, false)]
    public void TryRead_SlotBeyondThePayload_IsRefused(int offset, int width, int payload, bool taken)
    {
        var envelope = new BusEnvelope { Kind = BusKind.Numbered, Node = "n", Epoch = "e", SlotOffset = offset, SlotWidth = width, Payload = new byte[payload] };

        Assert.Equal(taken, _codec.TryRead(_codec.Write(envelope), out _));
    }

    [Fact]
    public void ClaimsToBeMessageOf_OnlyPlainMessagesOfThatNode()
    {
        foreach (var kind in Enum.GetValues<BusKind>())
        {
            var bytes = _codec.Write(new BusEnvelope { Kind = kind, Node = "n1", Epoch = "" });
            Assert.Equal(kind == BusKind.Message, BusCodec.ClaimsToBeMessageOf(bytes, "n1"u8));
            Assert.False(BusCodec.ClaimsToBeMessageOf(bytes, "n2"u8));
            Assert.False(BusCodec.ClaimsToBeMessageOf(bytes, "n"u8));
            Assert.False(BusCodec.ClaimsToBeMessageOf(bytes, "n11"u8));
        }
    }

    private static void AssertSame(in BusEnvelope expected, in BusEnvelope actual)
    {
        Assert.Equal((expected.Kind, expected.Flags, expected.Node, expected.Id, expected.Epoch), (actual.Kind, actual.Flags, actual.Node, actual.Id, actual.Epoch));
        Assert.Equal((expected.SlotOffset, expected.SlotWidth), (actual.SlotOffset, actual.SlotWidth));
        Assert.Equal(expected.Target, actual.Target);
        Assert.Equal(expected.Key, actual.Key);
        Assert.Equal(expected.Payload, actual.Payload);
    }

    private BusEnvelope Random()
    {
        var payload = Bytes(2_000);
        var offset = _random.Next(payload.Length + 1);
        return new BusEnvelope
        {
            Kind = (BusKind)_random.Next(1, 6),
            Flags = (BusFlags)_random.Next(32),
            Node = Text(255),
            Target = Bytes(600),
            Id = new UInt128((ulong)_random.NextInt64(), (ulong)_random.NextInt64()),
            Epoch = Text(64),
            SlotOffset = offset,
            SlotWidth = _random.Next(Math.Min(256, payload.Length - offset + 1)),
            Key = Bytes(300),
            Payload = payload,
        };
    }

    private byte[] Bytes(int most)
    {
        var bytes = new byte[_random.Next(most + 1)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Text(int most) => string.Concat(Enumerable.Range(0, _random.Next(1, most + 1)).Select(_ => (char)_random.Next('!', '~')));
}
