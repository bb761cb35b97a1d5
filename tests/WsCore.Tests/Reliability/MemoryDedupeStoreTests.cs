using WsCore.Reliability;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Reliability;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Reliability;

/// <summary>The memory of one node does what every dedupe store does, and counts what it takes.</summary>
public sealed class MemoryDedupeStoreTests : DedupeStoreSpecification
{
    private static readonly Fingerprint Asked = new(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Readings_ReturnToZero()
    {
        var store = CreateMemory(new());
        for (var i = 0; i < 100; i++)
        {
            var key = new OnceKey("ann", $"0123456789abcdef{i}");
            await store.ClaimAsync(key, Asked).WithTimeout();
            await (i % 3 == 0 ? store.AbandonAsync(key) : store.CompleteAsync(key, new byte[i])).WithTimeout();
        }

        Assert.Equal(66, store.Entries);
        Assert.True(store.Bytes > 66 * 256);
        _time.Advance(new DedupeOptions().Window * 1.1);
        store.Tick(); // nobody asks

        Assert.Equal((0, 0), (store.Entries, store.Bytes));
    }

    [Fact]
    public async Task Claim_ManyFlights_AreBoundedByBytesToo()
    {
        var store = CreateMemory(new() { MaxBytes = 65_536 });
        var firsts = 0;
        while ((await store.ClaimAsync(new OnceKey("ann", $"0123456789abcdef{firsts}"), Asked).WithTimeout()).Outcome == OnceOutcome.First)
        {
            firsts++;
        }

        Assert.InRange(firsts, 100, 65_536 / 256);
        Assert.InRange(store.Bytes, 0, 65_536);
        Assert.Equal(1, store.Refused);
    }

    [Fact]
    public async Task Complete_WithoutAClaim_Throws()
    {
        var store = CreateMemory(new());
        var key = new OnceKey("ann", "0123456789abcdef");
        Assert.Throws<InvalidOperationException>(() => { _ = store.CompleteAsync(key, default); });
        await store.ClaimAsync(key, Asked).WithTimeout();
        await store.CompleteAsync(key, default).WithTimeout();

        Assert.Throws<InvalidOperationException>(() => { _ = store.CompleteAsync(key, default); });
        Assert.Throws<InvalidOperationException>(() => { _ = store.AbandonAsync(key); });
    }

    [Fact]
    public async Task Wait_WithInlineSignals_GoesOnInsideTheCallThatEndsIt()
    {
        var store = new MemoryDedupeStore(new(), _time, TaskCreationOptions.None);
        var key = new OnceKey(null, "0123456789abcdef");
        await store.ClaimAsync(key, Asked).WithTimeout();
        var woken = new List<OnceOutcome>();
        var waiting = Enumerable.Range(0, 3).Select(async _ => woken.Add((await store.ClaimAsync(key, Asked)).Outcome)).ToArray();

        _ = store.AbandonAsync(key);
        Assert.Equal([OnceOutcome.First], woken);
        _ = store.CompleteAsync(key, default);
        Assert.Equal([OnceOutcome.First, OnceOutcome.Duplicate, OnceOutcome.Duplicate], woken);
        await Task.WhenAll(waiting).WithTimeout();
    }

    [Fact]
    public async Task RandomOperations_DoWhatAModelDoes()
    {
        for (var round = 0; round < 50; round++)
        {
            var seed = TestSeed.Value + round;
            try
            {
                await new Run(new Random(seed), new ManualTimeProvider(seed)).AllAsync();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}", failure);
            }
        }
    }

    private protected override IDedupeStore Create(DedupeOptions options) => CreateMemory(options);

    private protected override ValueTask PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }

    private MemoryDedupeStore CreateMemory(DedupeOptions options) => new(options, _time);

    private sealed class Run(Random random, ManualTimeProvider time)
    {
        private static readonly DedupeOptions Options = new() { MaxEntries = 5, Window = TimeSpan.FromMilliseconds(60_000.5) }; // no whole number of the steps: the clock rounds

        private readonly MemoryDedupeStore _store = new(Options, time);
        private readonly Dictionary<OnceKey, (Fingerprint Asked, TimeSpan? Until, byte Answer)> _model = [];

        public async Task AllAsync()
        {
            for (var i = 0; i < 400; i++)
            {
                time.Advance(TimeSpan.FromMilliseconds(random.Next(5_000) + 1));
                if (random.Next(4) == 0)
                {
                    _store.Tick();
                }

                foreach (var (gone, _) in _model.Where(entry => entry.Value.Until <= time.Elapsed).ToList())
                {
                    _model.Remove(gone);
                }

                await StepAsync(new OnceKey(random.Next(3) == 0 ? null : "ann", $"{random.Next(5)}"), new Fingerprint((UInt128)random.Next(4) / 3), (byte)i);
            }
        }

        private async Task StepAsync(OnceKey key, Fingerprint asked, byte answer)
        {
            var known = _model.TryGetValue(key, out var entry);
            if (known && entry.Until is null && random.Next(2) == 0)
            {
                if (random.Next(2) == 0)
                {
                    await _store.AbandonAsync(key).WithTimeout();
                    _model.Remove(key);
                }
                else
                {
                    await _store.CompleteAsync(key, new[] { answer }).WithTimeout();
                    _model[key] = (entry.Asked, time.Elapsed + Options.Window, answer);
                }
            }
            else if (!known || entry.Until is not null || entry.Asked != asked) // another would wait
            {
                var claim = await _store.ClaimAsync(key, asked).WithTimeout();
                var expected = !known ? (_model.Count < Options.MaxEntries ? OnceOutcome.First : OnceOutcome.Full)
                    : entry.Asked == asked ? OnceOutcome.Duplicate : OnceOutcome.Conflict;
                Assert.Equal(expected, claim.Outcome);
                if (expected == OnceOutcome.Duplicate)
                {
                    Assert.Equal(entry.Answer, Assert.Single(claim.Answer.ToArray()));
                }
                else if (expected == OnceOutcome.First)
                {
                    _model[key] = (asked, null, 0);
                }
            }
        }
    }
}
