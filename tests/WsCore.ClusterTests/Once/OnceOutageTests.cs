using System.Text;
using WsCore.Backplane;
using WsCore.Reliability;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Once;

/// <summary>Requests with <c>once</c> while Redis is away and when it is back: nothing is done that it could not be asked about, and what was done is not forgotten.</summary>
public sealed class OnceOutageTests : IAsyncLifetime
{
    private static readonly OnceKey Key = new("ann", "6f1c8a52-0000-4000-8000-000000000001");
    private static readonly Fingerprint Asked = new(new UInt128(1, 2));
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(",\"seq\":7}");

    private RedisServer _redis = null!;
    private OnceNode _one = null!;
    private OnceNode _two = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        (_one, _two) = (await OnceNode.StartAsync(_redis, "one"), await OnceNode.StartAsync(_redis, "two"));
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [RedisFact]
    public async Task A_claim_that_Redis_does_not_answer_is_unavailable_and_free_again_once_it_does()
    {
        _redis.Hang();
        await Assert.ThrowsAsync<UnavailableException>(() => _one.ClaimAsync(Key, Asked)); // it waits in Redis' socket, and is made there later
        await DownAsync();
        await Assert.ThrowsAsync<UnavailableException>(() => _one.ClaimAsync(Key with { Once = "another-key-of-hers" }, Asked));
        Assert.Equal((1, 1), (_one.Store.InHand, _one.Store.Entries)); // of the second nothing is left: it was not even tried

        await BackAsync();

        await PaidAsync();
        Assert.Equal(0, _one.Store.Entries);
        Assert.Equal(OnceOutcome.First, (await _two.ClaimAgainAsync(Key, Asked)).Outcome);
    }

    [RedisFact]
    public async Task What_is_done_while_Redis_is_away_is_answered_here_and_everywhere_once_it_is_back()
    {
        await _one.ClaimAsync(Key, Asked);
        var waiting = _one.ClaimAsync(Key, Asked);
        _redis.Hang();
        await DownAsync();

        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();

        Assert.Equal(Answer, (await waiting.WithTimeout()).Answer.ToArray());
        Assert.Equal(Answer, (await _one.ClaimAsync(Key, Asked)).Answer.ToArray());
        Assert.Equal(OnceOutcome.Conflict, (await _one.ClaimAsync(Key, new Fingerprint(9))).Outcome);
        _one.Store.Tick(); // in vain
        await BackAsync();
        await PaidAsync();
        Assert.Equal(Answer, (await _two.ClaimAgainAsync(Key, Asked)).Answer.ToArray());
        Assert.Equal(1, _one.Store.Entries); // until the window is over
    }

    [RedisFact]
    public async Task What_is_abandoned_while_Redis_is_away_may_be_done_again_here_at_once_and_elsewhere_soon()
    {
        var other = Key with { Once = "another-key-of-hers" };
        await _one.ClaimAsync(Key, Asked);
        await _one.ClaimAsync(other, Asked);
        _redis.Hang();
        await DownAsync();
        await _one.Store.AbandonAsync(Key).WithTimeout();
        await _one.Store.AbandonAsync(other).WithTimeout();
        await Assert.ThrowsAsync<UnavailableException>(() => _one.ClaimAsync(Key, Asked));

        await BackAsync();

        Assert.Equal(OnceOutcome.First, (await _one.ClaimAgainAsync(Key, Asked)).Outcome);
        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();
        await PaidAsync();
        Assert.Equal(OnceOutcome.First, (await _two.ClaimAgainAsync(other, Asked)).Outcome);
        Assert.Equal(OnceOutcome.Duplicate, (await _two.ClaimAgainAsync(Key, Asked)).Outcome); // that one was not given up
    }

    [RedisFact]
    public async Task Those_who_wait_for_another_node_when_Redis_goes_are_told()
    {
        await _one.ClaimAsync(Key, Asked);
        var waiting = Enumerable.Range(0, 3).Select(_ => _two.ClaimAsync(Key, Asked)).ToArray();
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        _redis.Hang();

        await _two.PollAsync();

        foreach (var claim in waiting)
        {
            await Assert.ThrowsAsync<UnavailableException>(() => claim.WithTimeout());
        }
    }

    [RedisFact]
    public async Task What_Redis_cannot_be_told_is_kept_no_longer_than_the_window()
    {
        await _one.ClaimAsync(Key, Asked);
        _redis.Hang();
        await DownAsync();
        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();

        _one.Clock.Advance(TimeSpan.FromMinutes(6));
        _one.Store.Tick();

        Assert.Equal((0, 0, 0L), (_one.Store.InHand, _one.Store.Entries, _one.Store.Bytes));
    }

    private Task DownAsync() => Eventually.Is(() => !_one.Link.IsUp, "the link is down");

    private async Task BackAsync()
    {
        _redis.Continue();
        await Eventually.Is(() => _one.Link.IsUp && _two.Link.IsUp, "the links are up");
    }

    private Task PaidAsync() => Eventually.Is(
        () =>
        {
            _one.Store.Tick();
            return _one.Store.InHand == 0;
        },
        "Redis is told all");
}
