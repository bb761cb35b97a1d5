namespace WsCore.LoadTests.Checking;

/// <summary>
/// What one receiver has of what its senders numbered 0, 1, 2 …: finds what is missing, what came twice and what came late. Any thread: one receives while others ask what is missing. 4 bytes for each sender while all is well.
/// </summary>
internal sealed class DeliveryCheck(int senders)
{
    private const int MostMissing = 100_000; // a run that lost so many has failed; it need not be told apart any more

    private readonly Lock _gate = new();
    private readonly int[] _next = new int[senders];
    private HashSet<(int Sender, int Number)>? _missing;
    private long _untold;

    /// <summary>Missing ones beyond those that are told apart.</summary>
    public long Untold
    {
        get
        {
            lock (_gate)
            {
                return _untold;
            }
        }
    }

    /// <summary>Takes note of a message.</summary>
    public Verdict Receive(int sender, int number)
    {
        lock (_gate)
        {
            ref var next = ref _next[sender];
            if (number >= next)
            {
                for (var skipped = next; skipped < number; skipped++)
                {
                    Skip(sender, skipped);
                }

                next = number + 1;
                return Verdict.InOrder; // what was skipped may have been refused: that is seen at the end
            }

            return _missing?.Remove((sender, number)) == true ? Verdict.Late : Verdict.Duplicate;
        }
    }

    /// <summary>Whether a message was received.</summary>
    public bool Has(int sender, int number)
    {
        lock (_gate)
        {
            return number < _next[sender] && _missing?.Contains((sender, number)) != true;
        }
    }

    /// <summary>How many are missing of what one sender sent.</summary>
    /// <param name="sender">The sender's place.</param>
    /// <param name="sent">How many it sent.</param>
    /// <param name="excused">Those that nobody has to receive, because the server did not take them.</param>
    public long Missing(int sender, int sent, IReadOnlySet<int> excused)
    {
        lock (_gate)
        {
            var missing = _missing?.Count(entry => entry.Sender == sender && !excused.Contains(entry.Number)) ?? 0;
            var tail = Math.Max(0, sent - _next[sender]);
            return missing + tail - (excused.Count == 0 ? 0 : excused.Count(number => number >= _next[sender] && number < sent));
        }
    }

    private void Skip(int sender, int number)
    {
        if ((_missing ??= []).Count < MostMissing)
        {
            _missing.Add((sender, number));
        }
        else
        {
            _untold++;
        }
    }
}
