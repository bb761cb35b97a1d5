using WsCore.TestKit.Time;

namespace WsCore.Tests.TestKit;

public sealed class WaitingTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Is_ConditionComesTrueElsewhere_Returns()
    {
        var done = false;
        var other = Task.Run(() => Volatile.Write(ref done, true));

        await Eventually.Is(() => Volatile.Read(ref done), "the other thread is done");
        await other;
    }

    [Fact]
    public async Task Is_NeverTrue_TellsWhat()
    {
        var e = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.Is(() => false, "pigs fly", Short));

        Assert.Contains("pigs fly", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_NeverEqual_TellsLastValue()
    {
        var e = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.Equal(2, () => 1, "legs", Short));

        Assert.Contains("legs: expected 2, last seen 1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithTimeout_PendingTask_TellsWhatWasAwaited()
    {
        var reply = new TaskCompletionSource<int>();

        var e = await Assert.ThrowsAsync<TimeoutException>(() => reply.Task.WithTimeout(Short));

        Assert.Contains("reply.Task", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithTimeout_TaskFailsByItself_ThrowsItsOwnException()
    {
        var e = await Assert.ThrowsAsync<TimeoutException>(() => Task.FromException(new TimeoutException("own")).WithTimeout());

        Assert.Equal("own", e.Message);
    }
}
