namespace WsCore.History;

/// <summary>What all logs of a store take together, and what the budget has cost them.</summary>
/// <remarks>Thread-safe; logs write to it under their own locks.</remarks>
internal sealed class HistoryAccount
{
    private long _bytes;
    private long _evictedMessages;
    private long _evictedRooms;

    public long Bytes => Volatile.Read(ref _bytes);

    public long EvictedMessages => Volatile.Read(ref _evictedMessages);

    public long EvictedRooms => Volatile.Read(ref _evictedRooms);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Evicted(long messages, long rooms)
    {
        Interlocked.Add(ref _evictedMessages, messages);
        Interlocked.Add(ref _evictedRooms, rooms);
    }
}
