using System.Text;
using WsCore.Reliability;
using WsCore.TestKit.Time;
using Xunit;

namespace WsCore.TestKit.Reliability;

/// <summary>What every <see cref="IDedupeStore"/> must do. A test project derives a class from it, which gives it stores that nobody used before.</summary>
public abstract class DedupeStoreSpecification
{
    private static readonly OnceKey Key = new("ann", "6f1c8a52-0000-4000-8000-000000000001");
    private static readonly OnceKey Other = Key with { Once = "6f1c8a52-0000-4000-8000-000000000002" };
    private static readonly Fingerprint Asked = new(new UInt128(1, 2));
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes("\"seq\":7");

    private protected abstract IDedupeStore Create(DedupeOptions options);

    /// <summary>For the stores so much time passes.</summary>
    private protected abstract ValueTask PassAsync(TimeSpan time);

    [Fact]
    public async Task Claim_AKeyNobodyUsed_IsFirst()
    {
        var store = Create(new());

        Assert.Equal(OnceOutcome.First, await ClaimAsync(store, Key));
        Assert.Equal(OnceOutcome.First, await ClaimAsync(store, Other));
        Assert.Equal(OnceOutcome.First, await ClaimAsync(store, Key with { User = "bob" }));
    }

    [Fact]
    public async Task Claim_AnonymousConnections_ShareAKeySpaceThatIsNoUsers()
    {
        var store = Create(new());
        var anonymous = Key with { User = null };
        await ClaimAsync(store, anonymous);
        await store.CompleteAsync(anonymous, Answer).WithTimeout();

        Assert.Equal(OnceOutcome.Duplicate, await ClaimAsync(store, anonymous));
        foreach (var user in new[] { "", "null", "anonymous", Key.User })
        {
            Assert.Equal(OnceOutcome.First, await ClaimAsync(store, Key with { User = user }));
        }
    }

    [Theory]
    [InlineData("ab", "c", "a", "bc")]
    [InlineData("a:b", "c", "a", "b:c")]
    public async Task Claim_UserAndKeyAreNotRunTogether(string user, string once, string otherUser, string otherOnce)
    {
        var store = Create(new());
        await ClaimAsync(store, new OnceKey(user, once));

        Assert.Equal(OnceOutcome.First, await ClaimAsync(store, new OnceKey(otherUser, otherOnce)));
    }

    [Fact]
    public async Task Claim_AfterTheAnswer_IsADuplicateWithIt()
    {
        var store = Create(new());
        await ClaimAsync(store, Key);
        await store.CompleteAsync(Key, Answer).WithTimeout();

        for (var i = 0; i < 3; i++)
        {
            var claim = await store.ClaimAsync(Key, Asked).WithTimeout();
            Assert.Equal(OnceOutcome.Duplicate, claim.Outcome);
            Assert.Equal(Answer, claim.Answer.ToArray());
        }
    }

    [Fact]
    public async Task Claim_WhileTheFirstIsInFlight_WaitsForItsAnswer()
    {
        var store = Create(new());
        await ClaimAsync(store, Key);
        var waiting = Enumerable.Range(0, 5).Select(_ => store.ClaimAsync(Key, Asked).AsTask()).ToArray();
        Assert.All(waiting, claim => Assert.False(claim.IsCompleted));

        await store.CompleteAsync(Key, Answer).WithTimeout();

        foreach (var claim in await Task.WhenAll(waiting).WithTimeout())
        {
            Assert.Equal(OnceOutcome.Duplicate, claim.Outcome);
            Assert.Equal(Answer, claim.Answer.ToArray());
        }
    }

    [Fact]
    public async Task Abandon_WithoutAnybodyWaiting_FreesTheKey()
    {
        var store = Create(new());
        await ClaimAsync(store, Key);

        await store.AbandonAsync(Key).WithTimeout();

        Assert.Equal(OnceOutcome.First, await ClaimAsync(store, Key, new Fingerprint(9))); // it may now be used for something else
    }

    [Fact]
    public async Task Abandon_OneOfThoseWhoWaitIsFirstAndTheOthersGoOnWaiting()
    {
        var store = Create(new());
        await ClaimAsync(store, Key);
        var waiting = Enumerable.Range(0, 3).Select(_ => store.ClaimAsync(Key, Asked).AsTask()).ToList();

        for (var left = 3; left > 1; left--)
        {
            await store.AbandonAsync(Key).WithTimeout();
            var first = await Task.WhenAny(waiting).WithTimeout();
            Assert.Equal(OnceOutcome.First, (await first).Outcome);
            waiting.Remove(first);
            Assert.All(waiting, claim => Assert.False(claim.IsCompleted));
        }

        await store.CompleteAsync(Key, Answer).WithTimeout();
        Assert.Equal(OnceOutcome.Duplicate, (await Assert.Single(waiting).WithTimeout()).Outcome);
    }

    [Fact]
    public async Task Claim_ForSomethingElse_IsAConflict()
    {
        var store = Create(new());
        await ClaimAsync(store, Key);

        Assert.Equal(OnceOutcome.Conflict, await ClaimAsync(store, Key, new Fingerprint(9))); // in flight: at once
        await store.CompleteAsync(Key, Answer).WithTimeout();
        Assert.Equal(OnceOutcome.Conflict, await ClaimAsync(store, Key, new Fingerprint(9)));
        Assert.Equal(OnceOutcome.Duplicate, await ClaimAsync(store, Key));
    }

    [Fact]
    public async Task Claim_WindowCountsFromTheAnswer()
    {
        var options = new DedupeOptions { Window = TimeSpan.FromMinutes(5) };
        var store = Create(options);
        await ClaimAsync(store, Key);
        await PassAsync(options.Window * 0.9);
        await store.CompleteAsync(Key, Answer).WithTimeout();

        await PassAsync(options.Window * 0.9);
        Assert.Equal(OnceOutcome.Duplicate, await ClaimAsync(store, Key)); // which makes the window no longer
        await PassAsync(options.Window * 0.2);
        Assert.Equal(OnceOutcome.First, await ClaimAsync(store, Key));
    }

    [Fact]
    public async Task Claim_WhenFull_IsRefusedAndNothingIsForgotten()
    {
        var store = Create(new() { MaxEntries = 2 });
        await ClaimAsync(store, Key);
        await ClaimAsync(store, Other);
        await store.CompleteAsync(Other, Answer).WithTimeout();
        var third = Key with { User = "bob" };

        Assert.Equal(OnceOutcome.Full, await ClaimAsync(store, third));
        Assert.Equal(OnceOutcome.Duplicate, await ClaimAsync(store, Other));
        await store.AbandonAsync(Key).WithTimeout();
        Assert.Equal(OnceOutcome.First, await ClaimAsync(store, third)); // the refused claim had taken no place
    }

    [Fact]
    public async Task Claim_WhenFull_IsFirstAgainAfterTheWindow()
    {
        var options = new DedupeOptions { MaxEntries = 1 };
        var store = Create(options);
        await ClaimAsync(store, Key);
        await store.CompleteAsync(Key, Answer).WithTimeout();
        Assert.Equal(OnceOutcome.Full, await ClaimAsync(store, Other));

        await PassAsync(options.Window * 1.1);

        Assert.Equal(OnceOutcome.First, await ClaimAsync(store, Other));
    }

    [Fact]
    public async Task Claim_BytesAreBounded()
    {
        var store = Create(new() { MaxBytes = 65_536 });
        await ClaimAsync(store, Key);
        await store.CompleteAsync(Key, new byte[65_536]).WithTimeout();

        Assert.Equal(OnceOutcome.Full, await ClaimAsync(store, Other));
        Assert.Equal(OnceOutcome.Duplicate, await ClaimAsync(store, Key));
    }

    [Fact]
    public async Task Claim_FromManyThreads_ExactlyOneIsFirst()
    {
        var store = Create(new());
        for (var round = 0; round < 50; round++)
        {
            var key = Key with { Once = $"0123456789abcdef{round}" };
            var effects = 0;
            var abandoned = 0;
            var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                var claim = await store.ClaimAsync(key, Asked).WithTimeout();
                if (claim.Outcome != OnceOutcome.First)
                {
                    return claim.Outcome;
                }

                if (Interlocked.Increment(ref abandoned) <= 3)
                {
                    await store.AbandonAsync(key).WithTimeout();
                    return OnceOutcome.First;
                }

                Interlocked.Increment(ref effects);
                await store.CompleteAsync(key, Answer).WithTimeout();
                return claim.Outcome;
            }))).WithTimeout();

            Assert.Equal(1, effects);
            Assert.Equal(4, claims.Count(outcome => outcome == OnceOutcome.First));
            Assert.Equal(4, claims.Count(outcome => outcome == OnceOutcome.Duplicate));
        }
    }

    private static async Task<OnceOutcome> ClaimAsync(IDedupeStore store, OnceKey key, Fingerprint? fingerprint = null) =>
        (await store.ClaimAsync(key, fingerprint ?? Asked).WithTimeout()).Outcome;
}
