namespace WsCore.Client.Rooms;

/// <summary>How far a room's messages were taken, and which numbers before that were not: a gap that was told, or the client's own messages, which it is not sent.</summary>
/// <remarks>Belongs to whoever holds the session's gate. So many as <see cref="MaxRemembered"/> are remembered: of own numbers those that came first, of gaps the newest.</remarks>
internal sealed class Numbers
{
    public const int MaxRemembered = 1000;

    private readonly SortedSet<long> _own = [];
    private readonly Queue<(long After, long Until)> _skipped = new();
    private Position? _last;

    /// <summary>The last message that was taken; null where the room keeps no history.</summary>
    public Position? Last => _last;

    /// <summary>From here on, whatever was before.</summary>
    public void GoTo(Position? position)
    {
        if (_last?.Epoch != position?.Epoch)
        {
            _own.Clear();
            _skipped.Clear();
        }
        else if (_last is { } last && position is { } next)
        {
            if (next.Seq > last.Seq)
            {
                Skip(last.Seq, next.Seq);
            }
            else
            {
                Unskip(next.Seq);
            }
        }

        _last = position;
    }

    /// <summary>Whether a message is new here, and whether something that this client should have is missing before it.</summary>
    public bool IsNew(Position position, out bool isGap)
    {
        isGap = false;
        if (_last is not { } last)
        {
            return true;
        }

        if (last.Epoch != position.Epoch)
        {
            isGap = true;
            return true;
        }
        isGap = position.Seq > last.Seq + 1 && !IsOwn(last.Seq + 1, position.Seq - 1);
        return position.Seq > last.Seq;
    }

    /// <summary>Whether a message was taken: it is not after the last, and was not left out.</summary>
    public bool Has(Position position) =>
        _last is { } last && last.Epoch == position.Epoch && position.Seq <= last.Seq && !_skipped.Any(gap => position.Seq > gap.After && position.Seq <= gap.Until);

    /// <summary>A message was taken. What is left out before it is remembered.</summary>
    public void Take(Position position)
    {
        if (!IsNew(position, out var isGap))
        {
            return;
        }

        if (isGap)
        {
            GoTo(position with { Seq = position.Seq - 1 });
        }
        _last = position;
        _own.RemoveWhere(seq => seq <= position.Seq);
    }

    /// <summary>One of the client's own messages has this number: it does not come, and is not missing.</summary>
    public void Own(Position position)
    {
        if (_last is { } last && last.Epoch == position.Epoch && position.Seq > last.Seq && _own.Count < MaxRemembered)
        {
            _own.Add(position.Seq);
        }
    }

    private bool IsOwn(long first, long last)
    {
        var count = last - first + 1;
        return count <= _own.Count && _own.GetViewBetween(first, last).Count == count;
    }

    /// <summary>What comes after <paramref name="seq"/> is taken anew.</summary>
    private void Unskip(long seq)
    {
        for (var n = _skipped.Count; n > 0; n--)
        {
            var (after, until) = _skipped.Dequeue();
            if (after < seq)
            {
                _skipped.Enqueue((after, Math.Min(until, seq)));
            }
        }
    }

    private void Skip(long after, long until)
    {
        if (_skipped.Count == MaxRemembered)
        {
            _skipped.Dequeue();
        }

        _skipped.Enqueue((after, until));
    }
}
