using WsCore.Backplane;
using WsCore.Reliability;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Once;

/// <summary>Requests with <c>once</c> while Redis is away and when it is back: nothing is done that it could not be asked about, and what was done is not forgotten.</summary>
public sealed class OnceOutageTests : TwoOnceNodes
{
    [RedisFact]
    public async Task A_claim_that_Redis_does_not_answer_is_unavailable_and_free_again_once_it_does()
    {
        Redis.Hang();
        await Assert.ThrowsAsync<UnavailableException>(() => One.ClaimAsync(Key, Asked)); // it waits in Redis' socket, and is made there later
        await DownAsync();
        await Assert.ThrowsAsync<UnavailableException>(() => One.ClaimAsync(Key with { Once = "another-key-of-hers" }, Asked));
        Assert.Equal((1, 1), (One.Store.InHand, One.Store.Entries)); // of the second nothing is left: it was not even tried

        await BackAsync();

        await PaidAsync();
        Assert.Equal(0, One.Store.Entries);
        Assert.Equal(OnceOutcome.First, (await Two.ClaimAgainAsync(Key, Asked)).Outcome);
    }

    [RedisFact]
    public async Task What_is_done_while_Redis_is_away_is_answered_here_and_everywhere_once_it_is_back()
    {
        await One.ClaimAsync(Key, Asked);
        var waiting = One.ClaimAsync(Key, Asked);
        Redis.Hang();
        await DownAsync();

        await One.Store.CompleteAsync(Key, Answer).WithTimeout();

        Assert.Equal(Answer, (await waiting.WithTimeout()).Answer.ToArray());
        Assert.Equal(Answer, (await One.ClaimAsync(Key, Asked)).Answer.ToArray());
        Assert.Equal(OnceOutcome.Conflict, (await One.ClaimAsync(Key, new Fingerprint(9))).Outcome);
        One.Store.Tick(); // in vain
        await BackAsync();
        await PaidAsync();
        Assert.Equal(Answer, (await Two.ClaimAgainAsync(Key, Asked)).Answer.ToArray());
        Assert.Equal(1, One.Store.Entries); // until the window is over
    }

    [RedisFact]
    public async Task What_is_abandoned_while_Redis_is_away_may_be_done_again_here_at_once_and_elsewhere_soon()
    {
        var other = Key with { Once = "another-key-of-hers" };
        await One.ClaimAsync(Key, Asked);
        await One.ClaimAsync(other, Asked);
        Redis.Hang();
        await DownAsync();
        await One.Store.AbandonAsync(Key).WithTimeout();
        await One.Store.AbandonAsync(other).WithTimeout();
        await Assert.ThrowsAsync<UnavailableException>(() => One.ClaimAsync(Key, Asked));

        await BackAsync();

        Assert.Equal(OnceOutcome.First, (await One.ClaimAgainAsync(Key, Asked)).Outcome);
        await One.Store.CompleteAsync(Key, Answer).WithTimeout();
        await PaidAsync();
        Assert.Equal(OnceOutcome.First, (await Two.ClaimAgainAsync(other, Asked)).Outcome);
        Assert.Equal(OnceOutcome.Duplicate, (await Two.ClaimAgainAsync(Key, Asked)).Outcome); // that one was not given up
    }

    [RedisFact]
    public async Task Those_who_wait_for_another_node_when_Redis_goes_are_told()
    {
        await One.ClaimAsync(Key, Asked);
        var waiting = Enumerable.Range(0, 3).Select(_ => Two.ClaimAsync(Key, Asked)).ToArray();
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Redis.Hang();

        await Two.PollAsync();

        foreach (var claim in waiting)
        {
            await Assert.ThrowsAsync<UnavailableException>(() => claim.WithTimeout());
        }
    }

    [RedisFact]
    public async Task What_Redis_cannot_be_told_is_kept_no_longer_than_the_window()
    {
        await One.ClaimAsync(Key, Asked);
        Redis.Hang();
        await DownAsync();
        await One.Store.CompleteAsync(Key, Answer).WithTimeout();

        One.Clock.Advance(TimeSpan.FromMinutes(6));
        One.Store.Tick();

        Assert.Equal((0, 0, 0L), (One.Store.InHand, One.Store.Entries, One.Store.Bytes));
    }

    private Task DownAsync() => Eventually.Is(() => !One.Link.IsUp, "the link is down");

    private async Task BackAsync()
    {
        Redis.Continue();
        await Eventually.Is(() => One.Link.IsUp && Two.Link.IsUp, "the links are up");
    }

    private Task PaidAsync() => Eventually.Is(
        () =>
        {
            One.Store.Tick();
            return One.Store.InHand == 0;
        },
        "Redis is told all");
}
