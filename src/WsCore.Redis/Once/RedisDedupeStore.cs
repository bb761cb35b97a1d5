using Microsoft.Extensions.Logging;
using WsCore.Backplane;
using WsCore.Heartbeat;
using WsCore.Reliability;

namespace WsCore.Redis.Once;

/// <summary>The answers to requests with <c>once</c> of all nodes, in Redis.</summary>
/// <remarks>
/// Thread-safe: one short lock, under which nothing is awaited. Here is only what this node is at: requests in flight, those that others carry out and somebody here waits for, and
/// what Redis could not be told yet. Of one key this node asks Redis one thing at a time, however many wait for it; those who wait are told in the order in which they came.
/// <para>
/// Fails closed: nothing is carried out that Redis could not be asked about. What was carried out while Redis went away is answered from here, and Redis is told every second until
/// it hears it or the window is over; likewise a claim that was given up. All of these have a place in the budget, so they are no more than may be remembered.
/// </para>
/// </remarks>
/// <param name="records">Those of all nodes.</param>
/// <param name="options">The window; and how many answers and bytes this node may have Redis remember.</param>
/// <param name="time">For what is measured here: the budget, polls and their end. What is in Redis goes by Redis' clock.</param>
/// <param name="logger">For faults of ours.</param>
internal sealed partial class RedisDedupeStore(OnceRecords records, DedupeOptions options, TimeProvider time, ILogger<RedisDedupeStore> logger) : IDedupeStore, IDedupeUsage, ITicked
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _window = options.Window;
    private readonly Lock _gate = new();
    private readonly Dictionary<OnceKey, LocalClaim> _claims = [];
    private readonly OnceBudget _budget = new(options, time);
    private readonly Queue<(LocalClaim Claim, long Owed)> _owed = []; // some of them have been settled otherwise by now
    private long _owedCount;
    private bool _paying;
    private long _refused;

    public int Entries => _budget.Entries;

    public long Bytes => _budget.Bytes;

    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Requests that this node has to do with now; a reading.</summary>
    internal int InHand
    {
        get
        {
            lock (_gate)
            {
                return _claims.Count;
            }
        }
    }

    public ValueTask<OnceClaim> ClaimAsync(OnceKey key, Fingerprint fingerprint)
    {
        OnceWaiter waiter;
        LocalClaim? claim;
        bool asks;
        lock (_gate)
        {
            if (_claims.TryGetValue(key, out claim))
            {
                if (claim.Stage is ClaimStage.Held or ClaimStage.Elsewhere or ClaimStage.Answered && claim.Fingerprint != fingerprint)
                {
                    return new(new OnceClaim(OnceOutcome.Conflict));
                }

                if (claim.Stage == ClaimStage.Answered)
                {
                    return new(new OnceClaim(OnceOutcome.Duplicate, claim.Answer));
                }
            }

            asks = claim is null or { Stage: ClaimStage.Abandoned };
            if (asks && !records.IsUp)
            {
                return ValueTask.FromException<OnceClaim>(new UnavailableException("What the servers share is away, so it cannot be known whether this was done before."));
            }

            if (claim is null)
            {
                _claims.Add(key, claim = new LocalClaim(key));
            }

            claim.Owed = 0;
            claim.Stage = asks ? ClaimStage.Asking : claim.Stage;
            waiter = claim.Wait(fingerprint, time.GetTimestamp());
        }

        if (asks)
        {
            _ = AskAsync(claim);
        }

        return new(waiter.Told);
    }

    /// <exception cref="InvalidOperationException">The key is not claimed.</exception>
    public async ValueTask CompleteAsync(OnceKey key, ReadOnlyMemory<byte> answer)
    {
        LocalClaim claim;
        lock (_gate)
        {
            claim = Held(key);
            Answered(claim, answer);
        }

        await TellAsync(claim, claim.Number, ClaimStage.Answered).ConfigureAwait(false);
    }

    /// <exception cref="InvalidOperationException">The key is not claimed.</exception>
    public ValueTask SettledAsync(OnceKey key, ReadOnlyMemory<byte> answer)
    {
        lock (_gate)
        {
            var claim = Held(key);
            Answered(claim, answer);
            Kept(claim);
        }

        return default;
    }

    /// <exception cref="InvalidOperationException">The key is not claimed.</exception>
    public async ValueTask AbandonAsync(OnceKey key)
    {
        LocalClaim claim;
        bool asks;
        long number;
        lock (_gate)
        {
            claim = Held(key);
            (asks, number) = (claim.HasWaiters, claim.Number);
            (claim.Stage, claim.EndedAt) = (asks ? ClaimStage.Asking : ClaimStage.Abandoned, time.GetTimestamp());
        }

        if (asks)
        {
            _ = AskAsync(claim); // whoever is first of them takes it over, unless it was done after all
        }
        else
        {
            await TellAsync(claim, number, ClaimStage.Abandoned).ConfigureAwait(false);
        }
    }

    /// <summary>Every second: tells Redis what it is owed.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            _budget.Expire();
            while (_owed.TryPeek(out var owed) && (owed.Claim.Owed != owed.Owed || time.GetElapsedTime(owed.Claim.EndedAt) >= _window))
            {
                if (_owed.Dequeue().Claim.Owed == owed.Owed)
                {
                    Forget(owed.Claim);
                }
            }

            if (_paying || _owed.Count == 0 || !records.IsUp)
            {
                return;
            }

            _paying = true;
        }

        _ = PayAsync();
    }

    private async Task PayAsync()
    {
        while (NextOwed() is { } owed && await TellAsync(owed.Claim, owed.Number, owed.Stage).ConfigureAwait(false))
        {
        }

        lock (_gate)
        {
            _paying = false;
        }
    }

    private (LocalClaim Claim, long Number, ClaimStage Stage)? NextOwed()
    {
        lock (_gate)
        {
            while (_owed.TryDequeue(out var owed))
            {
                if (owed.Claim.Owed == owed.Owed)
                {
                    owed.Claim.Owed = 0;
                    return (owed.Claim, owed.Claim.Number, owed.Claim.Stage);
                }
            }

            return null;
        }
    }

    /// <summary>Tells Redis that a request was carried out or given up; what it cannot be told now it is owed. Does not throw.</summary>
    private async ValueTask<bool> TellAsync(LocalClaim claim, long number, ClaimStage stage)
    {
        try
        {
            if (stage == ClaimStage.Abandoned)
            {
                await records.AbandonAsync(claim.Key, number, claim.MayCome).ConfigureAwait(false);
            }
            else if (_window - time.GetElapsedTime(claim.EndedAt) is { Ticks: > TimeSpan.TicksPerMillisecond } left
                && !await records.CompleteAsync(claim.Key, claim.Fingerprint, number, claim.Answer, left).ConfigureAwait(false))
            {
                Lost(logger);
            }
        }
        catch (Exception exception)
        {
            if (exception is not UnavailableException)
            {
                Failed(logger, exception);
            }

            lock (_gate)
            {
                Owe(claim, number);
            }

            return false;
        }

        lock (_gate)
        {
            if (claim.Number == number && claim.Stage == stage)
            {
                if (stage == ClaimStage.Answered)
                {
                    Kept(claim);
                }
                else
                {
                    Forget(claim);
                }
            }
        }

        return true;
    }

    /// <summary>Asks Redis for those who wait, until they are all told or it is to be asked again later. Does not throw.</summary>
    private async Task AskAsync(LocalClaim claim)
    {
        while (true)
        {
            OnceWaiter first;
            long number;
            lock (_gate)
            {
                first = claim.First;
                claim.Number = number = records.NextNumber();
                claim.HasPlace = claim.HasPlace || _budget.TryTake(claim.Bytes);
            }

            try
            {
                var (state, answer) = await records.ClaimAsync(claim.Key, first.Fingerprint, number, claim.HasPlace).ConfigureAwait(false);
                lock (_gate)
                {
                    if (Told(claim, first, state, answer))
                    {
                        return;
                    }
                }
            }
            catch (Exception exception)
            {
                lock (_gate)
                {
                    Failed(claim, exception);
                }

                return;
            }
        }
    }

    // From here on everything under the lock. Waiters go on elsewhere.

    // False: Redis is to be asked again, for somebody who wants something else.
    private bool Told(LocalClaim claim, OnceWaiter first, RecordState state, ReadOnlyMemory<byte> answer)
    {
        var fingerprint = first.Fingerprint;
        switch (state)
        {
            case RecordState.First:
                (claim.Stage, claim.Fingerprint) = (ClaimStage.Held, fingerprint);
                claim.Remove(first);
                first.Tell(OnceOutcome.First, token: records.TokenOf(claim.Number));
                Tell(claim, waiter => waiter.Fingerprint != fingerprint, OnceOutcome.Conflict);
                return true;
            case RecordState.Elsewhere:
                (claim.Stage, claim.Fingerprint) = (ClaimStage.Elsewhere, fingerprint);
                Tell(claim, waiter => waiter.Fingerprint != fingerprint, OnceOutcome.Conflict);
                AskLater(claim);
                return true;
            case RecordState.Done:
                Tell(claim, waiter => waiter.Fingerprint == fingerprint, OnceOutcome.Duplicate, answer);
                Tell(claim, static _ => true, OnceOutcome.Conflict);
                break;
            case RecordState.Conflict:
                Tell(claim, waiter => waiter.Fingerprint == fingerprint, OnceOutcome.Conflict);
                if (claim.HasWaiters)
                {
                    return false;
                }

                break;
            default:
                _refused += Tell(claim, static _ => true, OnceOutcome.Full);
                break;
        }

        Forget(claim);
        return true;
    }

    private static int Tell(LocalClaim claim, Predicate<OnceWaiter> whom, OnceOutcome outcome, ReadOnlyMemory<byte> answer = default)
    {
        var told = claim.Take(whom);
        told.ForEach(waiter => waiter.Tell(outcome, answer));
        return told.Count;
    }

    // Whoever has waited for long enough is let go.
    private void AskLater(LocalClaim claim)
    {
        var now = time.GetTimestamp();
        foreach (var waiter in claim.Take(waiter => time.GetElapsedTime(waiter.Since, now) >= LongestWait))
        {
            waiter.Fail(new UnavailableException("The same request is still at work on another server."));
        }

        if (claim.HasWaiters)
        {
            ITimer? timer = null;
            timer = time.CreateTimer(
                _ =>
                {
                    timer?.Dispose();
                    _ = AskAsync(claim);
                },
                state: null,
                PollInterval,
                Timeout.InfiniteTimeSpan);
        }
        else
        {
            Forget(claim);
        }
    }

    private void Failed(LocalClaim claim, Exception exception)
    {
        if (exception is not UnavailableException)
        {
            Failed(logger, exception);
        }

        claim.Take(static _ => true).ForEach(waiter => waiter.Fail(exception));
        if (claim.HasPlace)
        {
            claim.MayCome = true;
            (claim.Stage, claim.EndedAt) = (ClaimStage.Abandoned, time.GetTimestamp()); // Redis may have taken it for claimed, or may do so later
            Owe(claim, claim.Number);
        }
        else
        {
            Forget(claim);
        }
    }

    private LocalClaim Held(OnceKey key) =>
        _claims.TryGetValue(key, out var claim) && claim.Stage == ClaimStage.Held
            ? claim
            : throw new InvalidOperationException("Only a key that was claimed can be completed or abandoned, and only once.");

    private void Answered(LocalClaim claim, ReadOnlyMemory<byte> answer)
    {
        var before = claim.Bytes;
        (claim.Stage, claim.Answer, claim.EndedAt) = (ClaimStage.Answered, answer, time.GetTimestamp());
        _budget.Add(claim.Bytes - before);
        Tell(claim, static _ => true, OnceOutcome.Duplicate, answer);
    }

    private void Owe(LocalClaim claim, long number)
    {
        if (claim.Number == number && claim.Stage is ClaimStage.Answered or ClaimStage.Abandoned)
        {
            claim.Owed = ++_owedCount;
            _owed.Enqueue((claim, claim.Owed));
        }
    }

    private void Kept(LocalClaim claim)
    {
        _claims.Remove(claim.Key);
        _budget.Keep(claim.Bytes);
    }

    private void Forget(LocalClaim claim)
    {
        _claims.Remove(claim.Key);
        if (claim.HasPlace)
        {
            claim.HasPlace = false;
            _budget.Return(claim.Bytes);
        }
    }
}
