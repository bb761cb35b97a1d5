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
public sealed class OnceAcrossNodesTests : TwoOnceNodes
{
    // As an append does it: nothing happens unless the claim is still held.
    private static readonly LuaScript Append = LuaScript.From(
        "append-of-once",
        "local once = redis.call('HMGET', KEYS[1], 'token', 'state') if once[1] ~= ARGV[1] or once[2] ~= 'claimed' then return 0 end redis.call('INCR', KEYS[2]) return 1");

    [RedisFact]
    public async Task A_repetition_on_another_node_gets_the_answer()
    {
        Assert.Equal(OnceOutcome.First, (await One.ClaimAsync(Key, Asked)).Outcome);
        await One.Store.CompleteAsync(Key, Answer).WithTimeout();

        var claim = await Two.ClaimAsync(Key, Asked);

        Assert.Equal(OnceOutcome.Duplicate, claim.Outcome);
        Assert.Equal(Answer, claim.Answer.ToArray());
        Assert.Equal((0, 0), (One.Store.InHand, Two.Store.InHand));
    }

    [RedisFact]
    public async Task A_repetition_on_another_node_while_the_first_is_at_work_waits_for_its_answer()
    {
        await One.ClaimAsync(Key, Asked);
        var waiting = Enumerable.Range(0, 3).Select(_ => Two.ClaimAsync(Key, Asked)).ToArray();
        await Two.PollAsync();
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Assert.All(waiting, claim => Assert.False(claim.IsCompleted));

        await One.Store.CompleteAsync(Key, Answer).WithTimeout();
        await Two.PollAsync();

        foreach (var claim in await Task.WhenAll(waiting).WithTimeout())
        {
            Assert.Equal(OnceOutcome.Duplicate, claim.Outcome);
            Assert.Equal(Answer, claim.Answer.ToArray());
        }
    }

    [RedisFact]
    public async Task What_one_node_abandons_another_may_do()
    {
        var first = await One.ClaimAsync(Key, Asked);
        var waiting = Two.ClaimAsync(Key, Asked);
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);

        await One.Store.AbandonAsync(Key).WithTimeout();
        await Two.PollAsync();

        var second = await waiting.WithTimeout();
        Assert.Equal(OnceOutcome.First, second.Outcome);
        Assert.NotEqual(first.Token, second.Token);
    }

    [RedisFact]
    public async Task The_same_key_for_something_else_is_a_conflict_on_every_node()
    {
        await One.ClaimAsync(Key, Asked);
        Assert.Equal(OnceOutcome.Conflict, (await Two.ClaimAsync(Key, new Fingerprint(9))).Outcome);
        await One.Store.CompleteAsync(Key, Answer).WithTimeout();

        Assert.Equal(OnceOutcome.Conflict, (await Two.ClaimAsync(Key, new Fingerprint(9))).Outcome);
    }

    [RedisFact]
    public async Task Who_waits_for_another_node_for_too_long_is_told_to_come_again()
    {
        await One.BeatAsync(TimeSpan.FromHours(1));
        await One.ClaimAsync(Key, Asked);
        var waiting = Two.ClaimAsync(Key, Asked);
        for (var i = 0; i < 45 && !waiting.IsCompleted; i++)
        {
            await Eventually.Is(() => Two.Clock.ArmedTimers > 0 || waiting.IsCompleted);
            Two.Clock.Advance(TimeSpan.FromMilliseconds(251));
        }

        await Assert.ThrowsAsync<UnavailableException>(() => waiting.WithTimeout());
        Assert.Equal((0, 0), (Two.Store.InHand, Two.Store.Entries));
    }

    [RedisFact]
    public async Task However_many_wait_for_another_node_Redis_is_asked_once_in_each_interval()
    {
        await One.ClaimAsync(Key, Asked);
        var before = await ScriptsAsync();
        var waiting = Enumerable.Range(0, 200).Select(_ => Two.ClaimAsync(Key, Asked)).ToArray();
        for (var i = 0; i < 5; i++)
        {
            await Two.PollAsync();
        }

        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Assert.InRange(await ScriptsAsync() - before, 6, 6);
        await One.Store.CompleteAsync(Key, Answer).WithTimeout();
        await Two.PollAsync();
        Assert.All(await Task.WhenAll(waiting).WithTimeout(), claim => Assert.Equal(OnceOutcome.Duplicate, claim.Outcome));
    }

    [RedisFact]
    public async Task The_claim_of_a_node_counts_as_long_as_it_lives_and_is_free_soon_after_it_is_dead()
    {
        await One.BeatAsync(TimeSpan.FromHours(2));
        var lost = await One.ClaimAsync(Key, Asked);
        Two.Pass(TimeSpan.FromHours(1)); // far beyond the lease that the claim itself has
        var waiting = Two.ClaimAsync(Key, Asked);
        await Two.PollAsync();
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Assert.False(waiting.IsCompleted);

        Two.Link.Offset += TimeSpan.FromHours(1.1); // killed: nobody beats
        await Two.PollAsync();
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Assert.False(waiting.IsCompleted); // it may have lived through an outage, and is about to say so
        Two.Link.Offset += OnceNode.Doubt;
        await Two.PollAsync();

        Assert.Equal(OnceOutcome.First, (await waiting.WithTimeout()).Outcome);
        Assert.False(await AppendAsync(One, lost.Token));
    }

    [RedisFact]
    public async Task A_node_that_is_heard_of_again_in_time_keeps_its_claims()
    {
        await One.BeatAsync(OnceNode.Lease);
        var held = await One.ClaimAsync(Key, Asked);
        Two.Pass(OnceNode.Lease * 2);
        var waiting = Two.ClaimAsync(Key, Asked);
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);

        await One.BeatAsync(TimeSpan.FromHours(1));
        await Two.PollAsync();
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Two.Link.Offset += OnceNode.Doubt * 2;
        await Two.PollAsync();
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);

        Assert.False(waiting.IsCompleted);
        Assert.True(await AppendAsync(One, held.Token));

        await One.Store.CompleteAsync(Key, Answer).WithTimeout();
        await Two.PollAsync();
        Assert.Equal(OnceOutcome.Duplicate, (await waiting.WithTimeout()).Outcome);
    }

    [RedisFact]
    public async Task The_claim_of_a_node_that_is_not_listed_ends_with_its_own_lease()
    {
        await One.ClaimAsync(Key, Asked);
        Two.Pass(OnceNode.Lease * 0.9);
        var waiting = Two.ClaimAsync(Key, Asked);
        await Two.PollAsync();
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Assert.False(waiting.IsCompleted);

        Two.Link.Offset += OnceNode.Lease * 0.2;
        await Two.PollAsync(); // seen
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Two.Link.Offset += OnceNode.Doubt;
        await Two.PollAsync();

        Assert.Equal(OnceOutcome.First, (await waiting.WithTimeout()).Outcome);
    }

    [RedisFact]
    public async Task An_append_that_comes_after_its_claim_was_abandoned_takes_no_effect()
    {
        var lost = await One.ClaimAsync(Key, Asked);
        await One.Store.AbandonAsync(Key).WithTimeout();
        Assert.False(await AppendAsync(One, lost.Token)); // nobody has it
        var held = await One.ClaimAsync(Key, Asked);

        Assert.False(await AppendAsync(One, lost.Token)); // another has it
        Assert.True(await AppendAsync(One, held.Token));
        await One.Store.CompleteAsync(Key, Answer).WithTimeout();
        Assert.False(await AppendAsync(One, held.Token)); // it is done
    }

    [RedisFact]
    public async Task A_node_that_was_taken_for_dead_changes_nothing_of_what_another_does_meanwhile()
    {
        await One.ClaimAsync(Key, Asked);
        Two.Pass(OnceNode.Lease * 2);
        var waiting = Two.ClaimAsync(Key, Asked);
        await Eventually.Is(() => Two.Clock.ArmedTimers > 0);
        Two.Link.Offset += OnceNode.Doubt;
        await Two.PollAsync();
        Assert.Equal(OnceOutcome.First, (await waiting.WithTimeout()).Outcome);

        await One.Store.CompleteAsync(Key, Encoding.UTF8.GetBytes(",\"seq\":1}")).WithTimeout();
        await Two.Store.CompleteAsync(Key, Answer).WithTimeout();

        One.Link.Offset = Two.Link.Offset;
        Assert.Equal(Answer, (await One.ClaimAsync(Key, Asked)).Answer.ToArray());
    }

    [RedisFact]
    public async Task A_script_that_comes_late_frees_nothing_that_was_claimed_after_it()
    {
        await One.ClaimAsync(Key, Asked);
        await One.Store.AbandonAsync(Key).WithTimeout();
        var held = await One.ClaimAsync(Key, Asked);

        await One.Records.AbandonAsync(Key, number: 1, mayCome: false);

        Assert.True(await AppendAsync(One, held.Token));
    }

    [RedisFact]
    public async Task A_claim_that_comes_late_takes_nothing_from_the_one_that_was_made_after_it()
    {
        var late = One.Records.NextNumber();
        Assert.Equal(OnceOutcome.First, (await One.ClaimAsync(Key, Asked)).Outcome);
        await One.Records.ClaimAsync(Key, Asked, late, mayAdd: true);

        await One.Store.CompleteAsync(Key, Answer).WithTimeout();

        Assert.Equal((OnceOutcome.Duplicate, OnceOutcome.Duplicate), ((await One.ClaimAsync(Key, Asked)).Outcome, (await Two.ClaimAsync(Key, Asked)).Outcome));
    }

    [RedisFact]
    public async Task A_claim_that_comes_after_it_was_given_up_holds_up_nobody()
    {
        var late = One.Records.NextNumber();
        await One.Records.AbandonAsync(Key, late, mayCome: true);
        await One.Records.ClaimAsync(Key, Asked, late - 1, mayAdd: true);

        var claim = await Two.ClaimAsync(Key, Asked);
        Assert.Equal(OnceOutcome.First, claim.Outcome);
        await One.Records.ClaimAsync(Key, Asked, late, mayAdd: true);
        Assert.True(await AppendAsync(Two, claim.Token));
    }

    [RedisTheory]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(100)]
    public async Task What_a_node_has_Redis_remember_is_counted_about_right(int answer)
    {
        await One.ClaimAsync(Key, Asked);
        await One.Store.CompleteAsync(Key, new byte[answer]).WithTimeout();

        var usage = await One.Link.RunAsync(LuaScript.From("usage", "return redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 0)"), [One.Link.Keys.Once(OnceDigest.Of(Key))]);

        Assert.InRange(usage.Number, 0.6 * One.Store.Bytes, One.Store.Bytes);
    }

    private async Task<bool> AppendAsync(OnceNode node, string token) =>
        (await node.Link.RunAsync(Append, [node.Link.Keys.Once(OnceDigest.Of(Key)), "appended"u8.ToArray()], token)).Number == 1;

    private async Task<long> ScriptsAsync()
    {
        var stats = (await Redis.InfoAsync("commandstats")).GetValueOrDefault("cmdstat_evalsha", "calls=0,");
        return long.Parse(stats["calls=".Length..stats.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }
}
