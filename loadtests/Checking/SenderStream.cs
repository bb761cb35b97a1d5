namespace WsCore.LoadTests.Checking;

/// <summary>The numbers of what one sender sends. Any thread.</summary>
internal sealed class SenderStream
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _excused = [];
    private int _sent;

    /// <summary>Held while a number is taken and sent, so that numbers leave in their order.</summary>
    public Lock Sending { get; } = new();

    /// <summary>How many were sent.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>The next number.</summary>
    public int Next() => Interlocked.Increment(ref _sent) - 1;

    /// <summary>Nobody has to receive this one: the server did not say that it took it.</summary>
    public void Excuse(int number)
    {
        lock (_gate)
        {
            _excused.Add(number);
        }
    }

    /// <summary>Those that nobody has to receive.</summary>
    public IReadOnlySet<int> Excused()
    {
        lock (_gate)
        {
            return _excused.Count == 0 ? System.Collections.Frozen.FrozenSet<int>.Empty : new HashSet<int>(_excused);
        }
    }
}
