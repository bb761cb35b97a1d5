namespace WsCore.Reliability;

/// <summary>Remembers requests by their <c>once</c>, so that a repeated one takes no effect twice.</summary>
/// <remarks>
/// Thread-safe. Whoever claims a key first carries the request out, then completes it with the answer, or abandons it where nothing happened. Whoever claims it
/// meanwhile waits for that: after the answer it gets the answer, after an abandonment the key. Where the store is not in this process, a claim may fail with
/// <see cref="Backplane.UnavailableException"/>, and nothing was claimed; what comes after a claim does not: the store tries again.
/// </remarks>
internal interface IDedupeStore
{
    /// <param name="key">Whose request it is, and its <c>once</c>.</param>
    /// <param name="fingerprint">Of what is asked: equal for equal requests.</param>
    ValueTask<OnceClaim> ClaimAsync(OnceKey key, Fingerprint fingerprint);

    /// <summary>The request was carried out. The answer is kept for the window, counted from now.</summary>
    /// <param name="key">Was claimed.</param>
    /// <param name="answer">What an <c>ack</c> has beside its id; not changed afterwards.</param>
    ValueTask CompleteAsync(OnceKey key, ReadOnlyMemory<byte> answer);

    /// <summary>The same where the history store has completed the claim, together with the messages (<see cref="History.OnceCommit.IsDone"/>).</summary>
    ValueTask SettledAsync(OnceKey key, ReadOnlyMemory<byte> answer) => CompleteAsync(key, answer);

    /// <summary>The request took no effect: the next one with this key is the first. Where an append with its claim is under way, that takes none from now on; if it
    /// has, this changes nothing.</summary>
    ValueTask AbandonAsync(OnceKey key);
}
