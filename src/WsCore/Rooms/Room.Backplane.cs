using WsCore.Backplane;
using WsCore.Delivery;

namespace WsCore.Rooms;

/// <content>The room on other nodes: what has no number goes there once it was delivered here, and comes from there.</content>
internal sealed partial class Room
{
    private int _isOpenElsewhere; // 1: the backplane was told of the room, and not yet of its end

    /// <summary>The room may have members on other nodes.</summary>
    public bool IsElsewhere => !Backplane.IsAlone;

    /// <summary>Hands a message that was delivered here to the other nodes.</summary>
    /// <param name="frame">Without a number.</param>
    /// <param name="key">See <see cref="BusMessage"/>.</param>
    public void PublishElsewhere(Frame frame, ReadOnlyMemory<byte> key = default)
    {
        if (IsElsewhere)
        {
            Backplane.Publish(new BusMessage(BusTarget.Room, Name, Namespace: null, frame, key));
        }
    }

    /// <summary>Delivers a message of another node to the members here. Runs no lane on the caller's thread.</summary>
    public void Receive(Frame frame, ReadOnlySpan<byte> key)
    {
        if (!key.IsEmpty && Conflation is { } conflation)
        {
            conflation.Receive(frame, key);
        }
        else
        {
            lanes.Continue(Enqueue(frame, except: null));
        }
    }

    private ValueTask OpenElsewhereAsync()
    {
        if (!IsElsewhere)
        {
            return default;
        }

        Volatile.Write(ref _isOpenElsewhere, 1);
        return Backplane.OpenAsync(Name);
    }

    // A member that leaves and another that could not be let in may both find the room retired.
    private void CloseElsewhere()
    {
        if (Interlocked.Exchange(ref _isOpenElsewhere, 0) == 1)
        {
            Backplane.Close(Name);
        }
    }
}
