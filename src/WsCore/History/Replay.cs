using WsCore.Delivery;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.History;

/// <summary>How far a member has come on the way from its <c>since</c> to the live messages.</summary>
/// <remarks>
/// Belongs to the room, under its gate, but for <see cref="First"/>, which whoever runs its steps takes. While a member has one, numbered messages reach it from history only; the others, which
/// are in no history, go to it as to everybody.
/// </remarks>
internal sealed class Replay(Membership membership, Position since)
{
    /// <summary>Answers that may wait for their messages' turns; over it the member's broadcasts to the room are refused until it has caught up.</summary>
    public const int MaxOwn = 1000;

    private Queue<Own>? _own;

    public Membership Membership { get; } = membership;

    public string Epoch { get; } = since.Epoch;

    /// <summary>The number of the last message that was handed to the outbox.</summary>
    public long Position { get; set; } = since.Seq;

    /// <summary>Nobody works on it: it only keeps the member from getting what is new.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>The member left, joined again or is live; a reading, which holds for good once it is true of a replay that was begun.</summary>
    public bool IsOver => Membership.Replay != this;

    /// <summary>What was read already, to know that it could be; taken by the first step. Null where it is to be read then.</summary>
    public HistoryPage? First { get; set; }

    /// <summary>A broadcast of the member itself would have to wait for too many others.</summary>
    public bool IsFull => _own?.Count >= MaxOwn;

    /// <summary>The member has published: its answer takes the message's place when the replay gets there, or follows it where the member wants its own messages.</summary>
    public void Expect(long seq, NumberedReply? reply, bool echo) => (_own ??= []).Enqueue(new Own(seq, reply, echo));

    /// <summary>What is sent for a part of the history: the messages, and for those of the member itself what <see cref="Expect"/> says.</summary>
    public Frame[] Answered(Frame[] frames, long from)
    {
        if (_own is not { Count: > 0 })
        {
            return frames;
        }

        var sent = new List<Frame>(frames.Length + _own.Count);
        for (var i = 0; i < frames.Length; i++)
        {
            var isOwn = _own.TryPeek(out var own) && own.Seq == from + i;
            if (!isOwn || own.Echo)
            {
                sent.Add(frames[i]);
            }

            if (isOwn && _own.Dequeue().Reply is { } reply)
            {
                sent.Add(reply.Frame);
            }
        }

        return [.. sent];
    }

    /// <summary>The answers that will not get a place, because the replay ends before; and so without one.</summary>
    public Frame[] TakeReplies()
    {
        Frame[] replies = [.. (_own ?? []).Select(own => own.Reply?.WithoutPosition()).OfType<Frame>()];
        _own = null;
        return replies;
    }

    private readonly record struct Own(long Seq, NumberedReply? Reply, bool Echo);
}
