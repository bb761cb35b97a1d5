using System.Buffers;
using System.Text;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using WsCore.Framing;

namespace WsCore.Tests.Framing;

public sealed class Utf8ValidatorTests
{
    private const int Valid = -1;
    private const int Truncated = -2;

    // Bytes on both sides of every border in RFC 3629's grammar.
    private static readonly byte[] Borders =
    [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
        0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ];

    /// <summary>The usual stress table, with the index of the first byte that cannot be part of UTF-8.</summary>
    public static TheoryData<string, int> Table => new()
    {
        // valid: the word, the first and the last of each length, the neighbours of the surrogates, non-characters
        { "", Valid },
        { "CEBAE1BDB9CF83CEBCCEB5", Valid },
        { "00", Valid },
        { "7F", Valid },
        { "C280", Valid },
        { "DFBF", Valid },
        { "E0A080", Valid },
        { "EFBFBF", Valid },
        { "F0908080", Valid },
        { "F48FBFBF", Valid },
        { "ED9FBF", Valid },
        { "EE8080", Valid },
        { "EFBFBD", Valid },
        { "EFBFBE", Valid },
        { "EFBBBF41", Valid },
        // continuation bytes without a start
        { "80", 0 },
        { "BF", 0 },
        { "80BF80BF", 0 },
        { "4180", 1 },
        { "C28080", 2 },
        { "E0A08080", 3 },
        { "F090808080", 4 },
        // starts without their continuation
        { "C2", Truncated },
        { "E0A0", Truncated },
        { "E0", Truncated },
        { "F0", Truncated },
        { "F090", Truncated },
        { "F09080", Truncated },
        { "F48FBF", Truncated },
        { "41CEBAE1BD", Truncated },
        { "C220", 1 },
        { "E0A020", 2 },
        { "F0908020", 3 },
        { "C2C3", 1 },
        { "E1E1", 1 },
        { "F1F1", 1 },
        // bytes that never appear
        { "FE", 0 },
        { "FF", 0 },
        { "F5", 0 },
        { "F8888080", 0 },
        { "FC8480808080", 0 },
        // overlong
        { "C0", 0 },
        { "C0AF", 0 },
        { "C1BF", 0 },
        { "E080AF", 1 },
        { "E09FBF", 1 },
        { "F08080AF", 1 },
        { "F08FBFBF", 1 },
        // surrogates, single and paired
        { "EDA080", 1 },
        { "EDAFBF", 1 },
        { "EDB080", 1 },
        { "EDBFBF", 1 },
        { "EDA080EDB080", 1 },
        // over U+10FFFF
        { "F4908080", 1 },
        { "F7BFBFBF", 0 },
        // late in a long text
        { "CEBAE1BDB9CF83CEBCCEB5EDA080656469746564", 12 },
        { "CEBAE1BDB9CF83CEBCCEB5F4908080656469746564", 12 },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Append_ByteByByte_FailsAtTheFirstByteThatCannotBe(string hex, int expected) =>
        Assert.Equal(expected, FirstBad(Convert.FromHexString(hex)));

    [Theory]
    [MemberData(nameof(Table))]
    public void Append_WholeOrCutAnywhereInAnyContext_SaysTheSame(string hex, int expected)
    {
        foreach (var prefix in new[] { "", "é", new string('a', 15), new string('a', 64) + "€", new string('€', 40) })
        {
            byte[] bytes = [.. Encoding.UTF8.GetBytes(prefix), .. Convert.FromHexString(hex)];
            for (var cut = 0; cut <= bytes.Length; cut++)
            {
                var validator = default(Utf8Validator);
                var accepted = validator.Append(bytes.AsSpan(0, cut)) && validator.Append(bytes.AsSpan(cut));
                Assert.True(accepted == expected < 0, $"cut {cut} after '{prefix}'");
                Assert.True(!accepted || validator.IsComplete == (expected == Valid), $"cut {cut} after '{prefix}'");
            }
        }
    }

    [Fact]
    public void Append_EveryBorderCombinationInOnePiece_IsRejectedAsSoonAsThePlatformKnows()
    {
        var bytes = new byte[4];
        foreach (var a in Borders)
        {
            foreach (var b in Borders)
            {
                foreach (var c in Borders)
                {
                    foreach (var d in Borders)
                    {
                        (bytes[0], bytes[1], bytes[2], bytes[3]) = (a, b, c, d);
                        for (var length = 1; length <= 4; length++)
                        {
                            Check(bytes.AsSpan(0, length));
                        }
                    }
                }
            }
        }

        static void Check(ReadOnlySpan<byte> bytes)
        {
            var (alive, complete) = Reference(bytes);
            var validator = default(Utf8Validator);
            if (validator.Append(bytes) != alive || (alive && validator.IsComplete != complete))
            {
                Assert.Fail(Convert.ToHexString(bytes));
            }

            var stepped = default(Utf8Validator);
            var accepted = true;
            foreach (var value in bytes)
            {
                accepted = accepted && stepped.Append([value]);
            }

            if (accepted != alive || (alive && stepped.IsComplete != complete))
            {
                Assert.Fail("byte by byte: " + Convert.ToHexString(bytes));
            }
        }
    }

    [Fact]
    public void Append_EveryCharacterThereIs_IsAccepted()
    {
        Span<byte> bytes = stackalloc byte[4];
        var validator = default(Utf8Validator);
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.TryCreate(value, out var rune))
            {
                continue;
            }

            foreach (var single in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (!validator.Append([single]))
                {
                    Assert.Fail($"U+{value:X}");
                }
            }

            Assert.True(validator.IsComplete);
        }
    }

    [Fact]
    public void Append_AnyBytesInAnyPieces_AgreesWithThePlatform() =>
        Prop.ForAll(Arb.From(MostlyUtf8()), ArbMap.Default.ArbFor<PositiveInt>(), (bytes, size) =>
        {
            var validator = default(Utf8Validator);
            var accepted = true;
            foreach (var piece in bytes.Chunk(size.Get))
            {
                accepted = accepted && validator.Append(piece);
            }

            return (accepted && validator.IsComplete) == Utf8.IsValid(bytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary>Text, and now and then some bytes that are not.</summary>
    private static Gen<byte[]> MostlyUtf8()
    {
        var text = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(value => Encoding.UTF8.GetBytes(value.Get));
        var noise = Gen.Elements(Borders).ArrayOf().Resize(3);
        return Gen.Frequency((12, text), (1, noise)).ListOf().Select(parts => parts.SelectMany(part => part).ToArray());
    }

    private static int FirstBad(byte[] bytes)
    {
        var validator = default(Utf8Validator);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!validator.Append([bytes[i]]))
            {
                return i;
            }
        }

        return validator.IsComplete ? Valid : Truncated;
    }

    /// <summary>Whether the bytes can still become UTF-8, and whether they are.</summary>
    private static (bool Alive, bool Complete) Reference(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            switch (Rune.DecodeFromUtf8(bytes, out _, out var consumed))
            {
                case OperationStatus.NeedMoreData:
                    return (true, false);
                case OperationStatus.InvalidData:
                    return (false, false);
            }

            bytes = bytes[consumed..];
        }

        return (true, true);
    }
}
