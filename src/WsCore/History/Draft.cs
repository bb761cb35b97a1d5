using WsCore.Connections;
using WsCore.Delivery;

namespace WsCore.History;

/// <summary>A message that has not got its number yet, and what its sender is to hear.</summary>
/// <remarks>Used by one thread at a time: whoever appends it, and within that the store and the sink.</remarks>
internal abstract class Draft
{
    /// <summary>Who sent it; null for the application.</summary>
    public Connection? Publisher { get; init; }

    /// <summary>Whether the publisher gets the message too, if it is a member.</summary>
    public bool Echo { get; init; }

    /// <summary>The publisher's answer, once the message has a number; null where none was asked for.</summary>
    protected NumberedReply? Reply { get; set; }

    /// <summary>Lanes whose turns whoever appends it is to run afterwards; bit n stands for lane n.</summary>
    public ulong Owned { get; set; }

    /// <summary>The store delivers it on another thread than the one of whoever appends it, who may come late: the sink has the lanes go on by themselves, and <see cref="Owned"/> stays 0.</summary>
    public bool IsHandedOver { get; set; }

    /// <summary>The message with a place for its number, for a store that hands it on before there is one. May be called again, with another epoch.</summary>
    /// <param name="epoch">Which the number will belong to.</param>
    /// <param name="digits">How long the number may get.</param>
    public abstract (Frame Frame, NumberSlot Slot) Outline(string epoch, int digits);

    /// <summary>The message with its number in it. Called once, by the store, under its lock, in the order of the numbers.</summary>
    public abstract Frame Number(string epoch, long seq);

    /// <summary>The answer, for the one who sends it: the sink, at the message's place in the order, or whoever appended it where no sink was there. Once.</summary>
    /// <remarks>Whoever keeps it keeps nothing of the request and of the message.</remarks>
    public NumberedReply? TakeReply()
    {
        var reply = Reply;
        Reply = null;
        return reply;
    }
}
