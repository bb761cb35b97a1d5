using System.Globalization;
using System.Text;
using WsCore.Backplane;
using WsCore.Redis.Link;
using WsCore.Redis.Once;
using WsCore.Reliability;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Once;

/// <summary>A request with <c>once</c> takes effect one time, on whichever nodes it comes.</summary>
public sealed class OnceAcrossNodesTests : IAsyncLifetime
{
    private static readonly OnceKey Key = new("ann", "6f1c8a52-0000-4000-8000-000000000001");
    private static readonly Fingerprint Asked = new(new UInt128(1, 2));
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(",\"seq\":7}");

    // As an append does it: nothing happens unless the claim is still held.
    private static readonly LuaScript Append = LuaScript.From(
        "append-of-once",
        "local once = redis.call('HMGET', KEYS[1], 'token', 'state') if once[1] ~= ARGV[1] or once[2] ~= 'claimed' then return 0 end redis.call('INCR', KEYS[2]) return 1");

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
    public async Task A_repetition_on_another_node_gets_the_answer()
    {
        Assert.Equal(OnceOutcome.First, (await _one.ClaimAsync(Key, Asked)).Outcome);
        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();

        var claim = await _two.ClaimAsync(Key, Asked);

        Assert.Equal(OnceOutcome.Duplicate, claim.Outcome);
        Assert.Equal(Answer, claim.Answer.ToArray());
        Assert.Equal((0, 0), (_one.Store.InHand, _two.Store.InHand));
    }

    [RedisFact]
    public async Task A_repetition_on_another_node_while_the_first_is_at_work_waits_for_its_answer()
    {
        await _one.ClaimAsync(Key, Asked);
        var waiting = Enumerable.Range(0, 3).Select(_ => _two.ClaimAsync(Key, Asked)).ToArray();
        await _two.PollAsync();
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        Assert.All(waiting, claim => Assert.False(claim.IsCompleted));

        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();
        await _two.PollAsync();

        foreach (var claim in await Task.WhenAll(waiting).WithTimeout())
        {
            Assert.Equal(OnceOutcome.Duplicate, claim.Outcome);
            Assert.Equal(Answer, claim.Answer.ToArray());
        }
    }

    [RedisFact]
    public async Task What_one_node_abandons_another_may_do()
    {
        var first = await _one.ClaimAsync(Key, Asked);
        var waiting = _two.ClaimAsync(Key, Asked);
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);

        await _one.Store.AbandonAsync(Key).WithTimeout();
        await _two.PollAsync();

        var second = await waiting.WithTimeout();
        Assert.Equal(OnceOutcome.First, second.Outcome);
        Assert.NotEqual(first.Token, second.Token);
    }

    [RedisFact]
    public async Task The_same_key_for_something_else_is_a_conflict_on_every_node()
    {
        await _one.ClaimAsync(Key, Asked);
        Assert.Equal(OnceOutcome.Conflict, (await _two.ClaimAsync(Key, new Fingerprint(9))).Outcome);
        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();

        Assert.Equal(OnceOutcome.Conflict, (await _two.ClaimAsync(Key, new Fingerprint(9))).Outcome);
    }

    [RedisFact]
    public async Task Who_waits_for_another_node_for_too_long_is_told_to_come_again()
    {
        await _one.BeatAsync(TimeSpan.FromHours(1));
        await _one.ClaimAsync(Key, Asked);
        var waiting = _two.ClaimAsync(Key, Asked);
        for (var i = 0; i < 45 && !waiting.IsCompleted; i++)
        {
            await Eventually.Is(() => _two.Clock.ArmedTimers > 0 || waiting.IsCompleted);
            _two.Clock.Advance(TimeSpan.FromMilliseconds(251));
        }

        await Assert.ThrowsAsync<UnavailableException>(() => waiting.WithTimeout());
        Assert.Equal((0, 0), (_two.Store.InHand, _two.Store.Entries));
    }

    [RedisFact]
    public async Task However_many_wait_for_another_node_Redis_is_asked_once_in_each_interval()
    {
        await _one.ClaimAsync(Key, Asked);
        var before = await ScriptsAsync();
        var waiting = Enumerable.Range(0, 200).Select(_ => _two.ClaimAsync(Key, Asked)).ToArray();
        for (var i = 0; i < 5; i++)
        {
            await _two.PollAsync();
        }

        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        Assert.InRange(await ScriptsAsync() - before, 6, 6);
        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();
        await _two.PollAsync();
        Assert.All(await Task.WhenAll(waiting).WithTimeout(), claim => Assert.Equal(OnceOutcome.Duplicate, claim.Outcome));
    }

    [RedisFact]
    public async Task The_claim_of_a_node_counts_as_long_as_it_lives_and_is_free_soon_after_it_is_dead()
    {
        await _one.BeatAsync(TimeSpan.FromHours(2));
        var lost = await _one.ClaimAsync(Key, Asked);
        _two.Pass(TimeSpan.FromHours(1)); // far beyond the lease that the claim itself has
        var waiting = _two.ClaimAsync(Key, Asked);
        await _two.PollAsync();
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        Assert.False(waiting.IsCompleted);

        _two.Link.Offset += TimeSpan.FromHours(1.1); // killed: nobody beats
        await _two.PollAsync();
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        Assert.False(waiting.IsCompleted); // it may have lived through an outage, and is about to say so
        _two.Link.Offset += OnceNode.Doubt;
        await _two.PollAsync();

        Assert.Equal(OnceOutcome.First, (await waiting.WithTimeout()).Outcome);
        Assert.False(await AppendAsync(_one, lost.Token));
    }

    [RedisFact]
    public async Task A_node_that_is_heard_of_again_in_time_keeps_its_claims()
    {
        await _one.BeatAsync(OnceNode.Lease);
        var held = await _one.ClaimAsync(Key, Asked);
        _two.Pass(OnceNode.Lease * 2);
        var waiting = _two.ClaimAsync(Key, Asked);
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);

        await _one.BeatAsync(TimeSpan.FromHours(1));
        await _two.PollAsync();
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        _two.Link.Offset += OnceNode.Doubt * 2;
        await _two.PollAsync();
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);

        Assert.False(waiting.IsCompleted);
        Assert.True(await AppendAsync(_one, held.Token));
    }

    [RedisFact]
    public async Task The_claim_of_a_node_that_is_not_listed_ends_with_its_own_lease()
    {
        await _one.ClaimAsync(Key, Asked);
        _two.Pass(OnceNode.Lease * 0.9);
        var waiting = _two.ClaimAsync(Key, Asked);
        await _two.PollAsync();
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        Assert.False(waiting.IsCompleted);

        _two.Link.Offset += OnceNode.Lease * 0.2;
        await _two.PollAsync(); // seen
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        _two.Link.Offset += OnceNode.Doubt;
        await _two.PollAsync();

        Assert.Equal(OnceOutcome.First, (await waiting.WithTimeout()).Outcome);
    }

    [RedisFact]
    public async Task An_append_that_comes_after_its_claim_was_abandoned_takes_no_effect()
    {
        var lost = await _one.ClaimAsync(Key, Asked);
        await _one.Store.AbandonAsync(Key).WithTimeout();
        Assert.False(await AppendAsync(_one, lost.Token)); // nobody has it
        var held = await _one.ClaimAsync(Key, Asked);

        Assert.False(await AppendAsync(_one, lost.Token)); // another has it
        Assert.True(await AppendAsync(_one, held.Token));
        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();
        Assert.False(await AppendAsync(_one, held.Token)); // it is done
    }

    [RedisFact]
    public async Task A_node_that_was_taken_for_dead_changes_nothing_of_what_another_does_meanwhile()
    {
        await _one.ClaimAsync(Key, Asked);
        _two.Pass(OnceNode.Lease * 2);
        var waiting = _two.ClaimAsync(Key, Asked);
        await Eventually.Is(() => _two.Clock.ArmedTimers > 0);
        _two.Link.Offset += OnceNode.Doubt;
        await _two.PollAsync();
        Assert.Equal(OnceOutcome.First, (await waiting.WithTimeout()).Outcome);

        await _one.Store.CompleteAsync(Key, Encoding.UTF8.GetBytes(",\"seq\":1}")).WithTimeout();
        await _two.Store.CompleteAsync(Key, Answer).WithTimeout();

        _one.Link.Offset = _two.Link.Offset;
        Assert.Equal(Answer, (await _one.ClaimAsync(Key, Asked)).Answer.ToArray());
    }

    [RedisFact]
    public async Task A_script_that_comes_late_frees_nothing_that_was_claimed_after_it()
    {
        await _one.ClaimAsync(Key, Asked);
        await _one.Store.AbandonAsync(Key).WithTimeout();
        var held = await _one.ClaimAsync(Key, Asked);

        await _one.Records.AbandonAsync(Key, number: 1, mayCome: false);

        Assert.True(await AppendAsync(_one, held.Token));
    }

    [RedisFact]
    public async Task A_claim_that_comes_late_takes_nothing_from_the_one_that_was_made_after_it()
    {
        var late = _one.Records.NextNumber();
        Assert.Equal(OnceOutcome.First, (await _one.ClaimAsync(Key, Asked)).Outcome);
        await _one.Records.ClaimAsync(Key, Asked, late, mayAdd: true);

        await _one.Store.CompleteAsync(Key, Answer).WithTimeout();

        Assert.Equal((OnceOutcome.Duplicate, OnceOutcome.Duplicate), ((await _one.ClaimAsync(Key, Asked)).Outcome, (await _two.ClaimAsync(Key, Asked)).Outcome));
    }

    [RedisFact]
    public async Task A_claim_that_comes_after_it_was_given_up_holds_up_nobody()
    {
        var late = _one.Records.NextNumber();
        await _one.Records.AbandonAsync(Key, late, mayCome: true);
        await _one.Records.ClaimAsync(Key, Asked, late - 1, mayAdd: true);

        var claim = await _two.ClaimAsync(Key, Asked);
        Assert.Equal(OnceOutcome.First, claim.Outcome);
        await _one.Records.ClaimAsync(Key, Asked, late, mayAdd: true);
        Assert.True(await AppendAsync(_two, claim.Token));
    }

    [RedisTheory]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(100)]
    public async Task What_a_node_has_Redis_remember_is_counted_about_right(int answer)
    {
        await _one.ClaimAsync(Key, Asked);
        await _one.Store.CompleteAsync(Key, new byte[answer]).WithTimeout();

        var usage = await _one.Link.RunAsync(LuaScript.From("usage", "return redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 0)"), [_one.Link.Keys.Once(OnceDigest.Of(Key))]);

        Assert.InRange(usage.Number, 0.6 * _one.Store.Bytes, _one.Store.Bytes);
    }

    private async Task<bool> AppendAsync(OnceNode node, string token) =>
        (await node.Link.RunAsync(Append, [node.Link.Keys.Once(OnceDigest.Of(Key)), "appended"u8.ToArray()], token)).Number == 1;

    private async Task<long> ScriptsAsync()
    {
        var stats = (await _redis.InfoAsync("commandstats")).GetValueOrDefault("cmdstat_evalsha", "calls=0,");
        return long.Parse(stats["calls=".Length..stats.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }
}
