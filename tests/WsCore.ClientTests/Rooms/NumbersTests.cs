using WsCore.Client.Rooms;
using WsCore.TestKit.Randomness;

namespace WsCore.ClientTests.Rooms;

/// <summary>Which numbers are new, taken, or missed.</summary>
public sealed class NumbersTests
{
    private readonly Numbers _numbers = new();

    [Theory]
    [InlineData("e", 6, false, false)]
    [InlineData("e", 7, false, false)]
    [InlineData("e", 8, true, false)]
    [InlineData("e", 9, true, true)]
    [InlineData("f", 1, true, true)]
    [InlineData("f", 8, true, true)]
    public void IsNew_At7_ByNumberAndEpoch(string epoch, long seq, bool isNew, bool isGap)
    {
        _numbers.GoTo(At(7));

        Assert.Equal(isNew, _numbers.IsNew(new Position(epoch, seq), out var isMissing));
        Assert.Equal(isGap, isMissing);
    }

    [Fact]
    public void GoTo_AnotherEpoch_ForgetsWhatWasLeftOut()
    {
        _numbers.GoTo(At(2));
        _numbers.GoTo(At(9));
        Assert.False(_numbers.Has(At(5)));
        _numbers.GoTo(new Position("f", 9));

        Assert.True(_numbers.Has(new Position("f", 5)));
    }

    [Fact]
    public void IsNew_WithoutAPosition_Always()
    {
        Assert.True(_numbers.IsNew(At(5), out var isGap));
        Assert.False(isGap);
        Assert.False(_numbers.Has(At(5)));
    }

    [Theory]
    [InlineData(new long[] { 8 }, 9, false)]
    [InlineData(new long[] { 9 }, 10, true)]
    [InlineData(new long[] { 9, 8 }, 10, false)]
    [InlineData(new long[] { 8, 10 }, 11, true)]
    [InlineData(new long[] { 8, 9, 11 }, 10, false)]
    [InlineData(new long[] { 3, 7 }, 9, true)]
    public void IsNew_AfterOwnNumbers_MissesOnlyOthers(long[] own, long next, bool isGap)
    {
        _numbers.GoTo(At(7));
        foreach (var seq in own)
        {
            _numbers.Own(At(seq));
        }

        Assert.True(_numbers.IsNew(At(next), out var isMissing));
        Assert.Equal(isGap, isMissing);
    }

    [Fact]
    public void Own_OfAnotherEpoch_IsOfNoUse()
    {
        _numbers.GoTo(At(7));
        _numbers.Own(new Position("f", 8));
        _numbers.Own(At(8));
        _numbers.GoTo(new Position("f", 7));
        _numbers.IsNew(new Position("f", 9), out var isGap);

        Assert.True(isGap);
    }

    [Fact]
    public void Own_TooMany_AreNotRememberedAndMakeAGap()
    {
        _numbers.GoTo(At(0));
        for (var seq = 1; seq <= Numbers.MaxRemembered + 1; seq++)
        {
            _numbers.Own(At(seq));
        }

        _numbers.IsNew(At(Numbers.MaxRemembered + 1), out var isGap);
        Assert.False(isGap);
        _numbers.IsNew(At(Numbers.MaxRemembered + 2), out isGap);
        Assert.True(isGap);
        _numbers.Take(At(Numbers.MaxRemembered + 2)); // makes place
        _numbers.Own(At(Numbers.MaxRemembered + 3));
        _numbers.IsNew(At(Numbers.MaxRemembered + 4), out isGap);
        Assert.False(isGap);
    }

    [Fact]
    public void GoTo_Onwards_LeavesOutWhatIsBetween()
    {
        _numbers.GoTo(At(7));
        _numbers.GoTo(At(12));

        Assert.Equal([true, false, false, false], ((long[])[7, 8, 12, 13]).Select(seq => _numbers.Has(At(seq))));
    }

    [Fact]
    public void GoTo_Back_TakesAnewWhatWasLeftOut()
    {
        _numbers.GoTo(At(7));
        _numbers.GoTo(At(12));
        _numbers.GoTo(At(9));
        _numbers.Take(At(10));
        _numbers.Take(At(11));

        Assert.Equal([true, false, false, true, true, false], ((long[])[7, 8, 9, 10, 11, 12]).Select(seq => _numbers.Has(At(seq))));
    }

    [Fact]
    public void GoTo_AnotherEpoch_HasWhatWasBefore()
    {
        _numbers.GoTo(At(7));
        _numbers.GoTo(At(12));
        _numbers.GoTo(new Position("f", 3));

        Assert.False(_numbers.Has(At(7)));
        Assert.True(_numbers.Has(new Position("f", 3)));
    }

    [Fact]
    public void Skipped_TooMany_ForgetsTheOldest()
    {
        _numbers.GoTo(At(0));
        for (var n = 1; n <= Numbers.MaxRemembered + 1; n++)
        {
            _numbers.Take(At(2 * n)); // each odd one is missed
        }

        Assert.True(_numbers.Has(At(1)));
        Assert.False(_numbers.Has(At(3)));
        Assert.False(_numbers.Has(At((2 * Numbers.MaxRemembered) + 1)));
    }

    [Fact]
    public void Take_InAnyOrder_HasWhatAPlainListSays()
    {
        var random = TestSeed.CreateRandom();
        for (var round = 0; round < 200; round++)
        {
            var numbers = new Numbers();
            numbers.GoTo(At(0));
            var (last, taken, own) = (0L, new HashSet<long>(), new HashSet<long>());
            for (var step = 0; step < 50; step++)
            {
                var seq = Math.Max(1, last + random.Next(-3, 5));
                if (random.Next(3) == 0)
                {
                    numbers.Own(At(seq));
                    own.UnionWith(seq > last ? [seq] : []);
                    continue;
                }

                var isMissing = Enumerable.Range(1, (int)Math.Max(0, seq - last - 1)).Any(n => !own.Contains(last + n));
                Assert.True(numbers.IsNew(At(seq), out var isGap) == seq > last && isGap == isMissing, $"{seq} after {last}, seed {TestSeed.Value}");
                numbers.Take(At(seq));
                taken.UnionWith(seq > last ? [seq] : []);
                last = Math.Max(last, seq);
                Assert.All(taken, each => Assert.True(numbers.Has(At(each)), $"{each} was taken, seed {TestSeed.Value}"));
                Assert.Equal(At(last), numbers.Last);
            }
        }
    }

    private static Position At(long seq) => new("e", seq);
}
