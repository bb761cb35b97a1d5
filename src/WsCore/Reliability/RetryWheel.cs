namespace WsCore.Reliability;

/// <summary>Items by the second in which they are due: adding, removing and taking one cost the same however many there are.</summary>
/// <remarks>
/// A hashed timer wheel. Owned by whoever owns the field; <see cref="Count"/> alone may be read by others. Times are milliseconds on any clock that does not go back.
/// <code>
/// _entries  [ 0 .. 1023: one list head for each second | 1024: what is due and not taken | items … ]   lists are circular, linked by index
/// </code>
/// A slot is shared by all seconds that are 1,024 apart, so each item knows its exact time; with waits under 17 minutes that decides only within the present second.
/// </remarks>
internal sealed class RetryWheel<T>
{
    private const int Slots = 1024; // a power of two, above the longest wait of 600 s
    private const int Due = Slots;
    private const int Heads = Slots + 1;
    private const int KeptItems = 1024;
    private const int None = -1;
    private const long SlotTime = 1000;

    private Entry[] _entries = NewEntries();
    private int _used = Heads;
    private int _free = None;
    private int _count;
    private long _second;

    /// <summary>Items on it, those taken and not yet removed or moved included.</summary>
    public int Count => Volatile.Read(ref _count);

    public ref T this[int handle] => ref _entries[handle].Item;

    /// <summary>Adds an item; what comes back stands for it until it is removed.</summary>
    public int Add(T item, long due)
    {
        var handle = _free;
        if (handle != None)
        {
            _free = _entries[handle].Next;
        }
        else
        {
            if (_used == _entries.Length)
            {
                Array.Resize(ref _entries, _used * 2);
            }

            handle = _used++;
        }

        _entries[handle].Item = item;
        Link(handle, due);
        Volatile.Write(ref _count, _count + 1);
        return handle;
    }

    /// <summary>Gives an item another time, also one that was just taken.</summary>
    public void Move(int handle, long due)
    {
        Unlink(handle);
        Link(handle, due);
    }

    public void Remove(int handle)
    {
        Unlink(handle);
        _entries[handle] = new Entry { Next = _free }; // holds on to nothing
        _free = handle;
        Volatile.Write(ref _count, _count - 1);
        if (_count == 0 && _entries.Length > Heads + KeptItems)
        {
            _entries = NewEntries(); // what a bad hour needed does not stay
            _free = None;
            _used = Heads;
        }
    }

    /// <summary>Moves time on. What is due by then can be taken with <see cref="TryTake"/>.</summary>
    public void Advance(long now)
    {
        var second = now / SlotTime;
        for (var slot = Math.Max(_second, second - Slots + 1); slot <= second; slot++)
        {
            var head = (int)(slot % Slots);
            for (var handle = _entries[head].Next; handle != head;)
            {
                var next = _entries[handle].Next;
                if (_entries[handle].Due <= now)
                {
                    Unlink(handle);
                    Append(Due, handle);
                }

                handle = next;
            }
        }

        _second = Math.Max(_second, second);
    }

    /// <summary>Takes one that is due, of one second in the order in which they got their times. It must be moved or removed.</summary>
    public bool TryTake(out int handle)
    {
        handle = _entries[Due].Next;
        if (handle == Due)
        {
            return false;
        }

        Unlink(handle);
        return true;
    }

    private void Link(int handle, long due)
    {
        _entries[handle].Due = due;
        Append((int)(Math.Max(due / SlotTime, _second) % Slots), handle); // a second that has passed is not looked at again
    }

    private void Append(int head, int handle)
    {
        var last = _entries[head].Previous;
        (_entries[handle].Previous, _entries[handle].Next) = (last, head);
        _entries[last].Next = handle;
        _entries[head].Previous = handle;
    }

    private void Unlink(int handle)
    {
        ref var entry = ref _entries[handle];
        _entries[entry.Previous].Next = entry.Next;
        _entries[entry.Next].Previous = entry.Previous;
        (entry.Previous, entry.Next) = (handle, handle); // so that doing it again does nothing
    }

    private static Entry[] NewEntries()
    {
        var entries = new Entry[Heads + 16];
        for (var head = 0; head < Heads; head++)
        {
            (entries[head].Previous, entries[head].Next) = (head, head);
        }

        return entries;
    }

    private struct Entry
    {
        public T Item;
        public long Due;
        public int Previous;
        public int Next;
    }
}
