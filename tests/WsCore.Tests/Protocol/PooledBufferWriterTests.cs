using WsCore.Buffers;

namespace WsCore.Tests.Protocol;

public sealed class PooledBufferWriterTests
{
    [Fact]
    public void Write_ManyPieces_AllThere()
    {
        using PooledBufferWriter writer = new(firstCapacity: 1);
        List<byte> expected = [];
        Random random = new(3);
        for (int i = 0; i < 1000; i++)
        {
            byte[] piece = new byte[random.Next(50)];
            random.NextBytes(piece);
            expected.AddRange(piece);
            switch (i % 3)
            {
                case 0:
                    writer.Write(piece);
                    break;
                case 1:
                    piece.CopyTo(writer.GetSpan(piece.Length));
                    writer.Advance(piece.Length);
                    break;
                default:
                    foreach (byte b in piece)
                    {
                        writer.WriteByte(b);
                    }

                    break;
            }
        }

        Assert.Equal(expected, writer.WrittenSpan.ToArray());
        Assert.Equal(expected.Count, writer.WrittenCount);
        Assert.Equal(expected, writer.WrittenMemory.ToArray());
    }

    [Fact]
    public void Clear_And_Reset_StartAgain()
    {
        using PooledBufferWriter writer = new();
        writer.Write("abc"u8);
        writer.Clear();
        Assert.Equal(0, writer.WrittenCount);
        writer.Write("de"u8);
        writer.Reset();
        writer.Reset();
        Assert.Equal(0, writer.WrittenCount);
        writer.Write("f"u8);
        Assert.Equal("f"u8, writer.WrittenSpan);
    }

    [Fact]
    public void GetSpan_NoHint_NeverEmpty()
    {
        using PooledBufferWriter writer = new();
        Assert.NotEqual(0, writer.GetSpan().Length);
        writer.Advance(writer.GetSpan().Length);
        Assert.NotEqual(0, writer.GetMemory().Length);
    }

    [Fact]
    public void Advance_BeyondTheSpan_Throws()
    {
        using PooledBufferWriter writer = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetSpan(-1));
    }
}
