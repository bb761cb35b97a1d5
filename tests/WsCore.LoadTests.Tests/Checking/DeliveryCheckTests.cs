using FsCheck;
using FsCheck.Fluent;
using WsCore.LoadTests.Checking;
using WsCore.TestKit.Time;

namespace WsCore.LoadTests.Tests.Checking;

public sealed class DeliveryCheckTests
{
    private static readonly HashSet<int> Nobody = [];

    private readonly DeliveryCheck _check = new(2);

    [Fact]
    public void Receive_InOrder_MissesNothing()
    {
        Assert.Equal([Verdict.InOrder, Verdict.InOrder, Verdict.InOrder], new[] { 0, 1, 2 }.Select(number => _check.Receive(1, number)));
        Assert.Equal(0, _check.Missing(1, 3, Nobody));
    }

    [Fact]
    public void Receive_Again_IsADuplicate()
    {
        _check.Receive(0, 0);
        Assert.Equal(Verdict.Duplicate, _check.Receive(0, 0));
        Assert.Equal(Verdict.InOrder, _check.Receive(1, 0)); // another sender's
    }

    [Fact]
    public void Receive_AfterALaterOne_IsLateOnceAndThenADuplicate()
    {
        _check.Receive(0, 2);
        Assert.Equal(2, _check.Missing(0, 3, Nobody));
        Assert.Equal([Verdict.Late, Verdict.Duplicate, Verdict.Late], new[] { 1, 1, 0 }.Select(number => _check.Receive(0, number)));
        Assert.Equal(0, _check.Missing(0, 3, Nobody));
    }

    [Fact]
    public void Missing_OfTheEnd_CountsToo()
    {
        _check.Receive(0, 0);
        Assert.Equal(4, _check.Missing(0, 5, Nobody));
    }

    [Fact]
    public async Task Missing_AskedWhileMessagesArrive_IsAnswered()
    {
        var receiving = Task.Run(() =>
        {
            for (var number = 1; number < 40_000; number += 2)
            {
                _check.Receive(0, number);
                _check.Receive(0, number - (number % 4 == 1 ? 1 : 0));
            }
        });
        while (!receiving.IsCompleted)
        {
            Assert.InRange(_check.Missing(0, 40_000, Nobody), 10_000, 40_000);
        }

        await receiving.WithTimeout();
        Assert.Equal(10_000, _check.Missing(0, 40_000, Nobody));
    }

    [Fact]
    public void Missing_Excused_IsNotCountedButWhatArrivedIsNot()
    {
        _check.Receive(0, 0);
        _check.Receive(0, 2);
        Assert.Equal(1, _check.Missing(0, 5, new HashSet<int> { 0, 1, 4 })); // 0 came all the same, 3 is missing
    }

    [Fact]
    public void Missing_AnyOrder_IsWhatNeverCame() => Prop.ForAll(Gen.Choose(0, 30).ListOf().ToArbitrary(), numbers =>
    {
        var check = new DeliveryCheck(1);
        var duplicates = numbers.Count(number => check.Receive(0, number) == Verdict.Duplicate);
        return check.Missing(0, 31, Nobody) == 31 - numbers.Distinct().Count() && duplicates == numbers.Count - numbers.Distinct().Count();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Stamp_Written_IsReadAgainAtEverySize() => Prop.ForAll(
        Gen.Choose(0, 100_000).Four().ToArbitrary(),
        Gen.Choose(0, 300).ToArbitrary(),
        (numbers, bytes) =>
        {
            var stamp = new Stamp(numbers.Item4, numbers.Item1, numbers.Item2, numbers.Item3 * 1_000_000L, numbers.Item4);
            var payload = stamp.ToPayload(bytes);
            using var json = System.Text.Json.JsonDocument.Parse(payload); // the server must find it valid
            return Stamp.TryRead(payload, out var read) && read == stamp && (payload.Length == bytes || bytes < Stamp.MinBytes);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("[1,2,3]")]
    [InlineData("[1,2,3,4,\"\"]")]
    [InlineData("{\"a\":1}")]
    [InlineData("[1,1,2,3,-99999999999999999999,\"\"]")]
    [InlineData("[-1,1,2,3,4,\"\"]")]
    [InlineData("[1,-1,2,3,4,\"\"]")]
    public void Stamp_OfSomebodyElse_IsNotRead(string payload) => Assert.False(Stamp.TryRead(System.Text.Encoding.UTF8.GetBytes(payload), out _));
}
