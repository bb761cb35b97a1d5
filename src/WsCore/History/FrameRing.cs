using WsCore.Delivery;

namespace WsCore.History;

/// <summary>The newest frames of a room with the moments they came, oldest first.</summary>
/// <remarks>Grows and shrinks with what it holds: between a quarter and all of its slots are taken. Not thread-safe.</remarks>
internal sealed class FrameRing
{
    /// <summary>What a message takes beside the bytes of its frame: the frame (32), the head of its array (24), and 16 for the slot, of which there are up to
    /// four times as many as messages.</summary>
    public const int Overhead = 120;

    private const int MinSlots = 4;

    private (Frame Frame, long At)[] _slots = [];
    private int _first;

    public int Count { get; private set; }

    /// <summary>What all of them take, their overhead included.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the oldest came; there must be one.</summary>
    public long OldestAt => _slots[_first].At;

    /// <summary>The frame after so many older ones.</summary>
    public Frame this[int index] => _slots[Slot(index)].Frame;

    /// <summary>What a message takes: a reliable one twice, for the repetition that was made for whoever did not confirm it stays as long as it does.</summary>
    public static long SizeOf(Frame frame) => (frame.Reliable is null ? 1L : 2L) * (frame.Length + Overhead);

    public void Add(Frame frame, long at)
    {
        if (Count == _slots.Length)
        {
            Resize(Math.Max(MinSlots, Count * 2));
        }

        _slots[Slot(Count)] = (frame, at);
        Count++;
        Bytes += SizeOf(frame);
    }

    public void RemoveOldest()
    {
        ref var slot = ref _slots[_first];
        Bytes -= SizeOf(slot.Frame);
        slot = default;
        _first = Slot(1);
        Count--;
        if (Count == 0)
        {
            (_slots, _first) = ([], 0);
        }
        else if (_slots.Length > MinSlots && Count <= _slots.Length / 4)
        {
            Resize(_slots.Length / 2);
        }
    }

    public void Clear()
    {
        (_slots, _first, Count, Bytes) = ([], 0, 0, 0);
    }

    // The number of slots is a power of two: a mask instead of a division.
    private int Slot(int index) => (_first + index) & (_slots.Length - 1);

    private void Resize(int slots)
    {
        var resized = new (Frame, long)[slots];
        var head = Math.Min(Count, _slots.Length - _first);
        Array.Copy(_slots, _first, resized, 0, head);
        Array.Copy(_slots, 0, resized, head, Count - head);
        (_slots, _first) = (resized, 0);
    }
}
