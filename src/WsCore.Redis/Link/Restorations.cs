namespace WsCore.Redis.Link;

/// <summary>Tells whoever wants to know that messages may have been lost and arrive again.</summary>
/// <remarks><see cref="Call"/> is thread-safe and returns at once. Everybody is told on the pool, one after the other, never twice at a time; of calls meanwhile, one is made up for.</remarks>
/// <param name="failed">Gets what they throw.</param>
internal sealed class Restorations(Action<Exception> failed)
{
    private readonly List<Action> _all = [];
    private int _calls;

    /// <summary>Before the first call.</summary>
    public void Add(Action restored) => _all.Add(restored);

    public void Call()
    {
        if (Interlocked.Increment(ref _calls) == 1)
        {
            _ = Task.Run(Tell);
        }
    }

    private void Tell()
    {
        int calls;
        do
        {
            calls = Volatile.Read(ref _calls);
            foreach (var restored in _all)
            {
                try
                {
                    restored();
                }
                catch (Exception e)
                {
                    failed(e);
                }
            }
        }
        while (Interlocked.CompareExchange(ref _calls, 0, calls) != calls);
    }
}
