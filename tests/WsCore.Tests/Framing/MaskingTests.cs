using FsCheck;
using FsCheck.Fluent;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

public sealed class MaskingTests
{
    private const uint Key = 0xD4C3B2A1; // byte 0 of the key is A1

    [Fact]
    public void Apply_TheExampleOfSection57_GivesHello()
    {
        byte[] masked = [0x7F, 0x9F, 0x4D, 0x51, 0x58];
        var plain = new byte[5];

        Masking.Apply(masked, plain, 0x3D21FA37);

        Assert.Equal("Hello"u8.ToArray(), plain);
    }

    [Fact]
    public void Apply_EveryLengthCutEverywhere_EqualsByteByByte()
    {
        for (var length = 0; length <= 150; length++)
        {
            var source = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            var expected = Naive(source, Key);
            for (var cut = 0; cut <= length; cut++)
            {
                var actual = new byte[length];
                var key = Masking.Apply(source.AsSpan(0, cut), actual, Key);
                Masking.Apply(source.AsSpan(cut), actual.AsSpan(cut), key);
                Assert.True(expected.AsSpan().SequenceEqual(actual), $"length {length}, cut {cut}");
            }
        }
    }

    [Fact]
    public void Apply_InPlaceAtUnalignedAddresses_EqualsByteByByte()
    {
        for (var offset = 0; offset < 9; offset++)
        {
            var bytes = Enumerable.Range(0, 109).Select(i => (byte)i).ToArray();
            var expected = Naive(bytes[offset..], Key);

            Masking.Apply(bytes.AsSpan(offset), bytes.AsSpan(offset), Key);

            Assert.Equal(expected, bytes[offset..]);
        }
    }

    [Fact]
    public void Apply_RoomyDestination_TouchesNothingBehindTheSource()
    {
        var destination = new byte[80];

        Masking.Apply(new byte[67], destination, uint.MaxValue);

        Assert.All(destination[..67], value => Assert.Equal(0xFF, value));
        Assert.All(destination[67..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Apply_DestinationTooSmall_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Masking.Apply(new byte[40], new byte[39], Key));

    [Fact]
    public void Apply_AnyBytesInAnySegments_EqualsByteByByte() =>
        Prop.ForAll<byte[], uint, PositiveInt>((bytes, key, size) =>
        {
            var actual = new byte[bytes.Length];
            var segments = Sequences.Split(bytes, size.Get);

            var next = Masking.Apply(segments, actual, key);

            return actual.AsSpan().SequenceEqual(Naive(bytes, key)) && next == Masking.Apply(bytes, actual, key);
        }).QuickCheckThrowOnFailure();

    private static byte[] Naive(byte[] bytes, uint key) => [.. bytes.Select((value, i) => (byte)(value ^ (key >> (8 * (i % 4)))))];
}
