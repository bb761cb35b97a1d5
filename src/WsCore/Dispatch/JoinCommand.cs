using System.Text;
using WsCore.Access;
using WsCore.Backplane;
using WsCore.Buffers;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>Puts a connection into one room or several.</summary>
/// <remarks>
/// What the connection's lane has for it between the first room and the <c>ack</c> is held back, so that the <c>ack</c> comes before the first message
/// without any room's gate being held while it is written. Replays begin after it.
/// </remarks>
internal sealed class JoinCommand(RoomEntrance entrance, HookRunner hooks, Replies replies, MemberPages pages)
{
    private const int MembersInAck = 100;

    public ValueTask RunAsync(Connection connection, in Envelope envelope) =>
        hooks.Wants(HookPoints.Joining) ? AskAndJoinAsync(connection, envelope) : JoinAsync(connection, envelope, []);

    private async ValueTask AskAndJoinAsync(Connection connection, Envelope envelope)
    {
        var requests = RoomsOf(envelope);
        var refusals = new Refusal[requests.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            var context = new JoinContext(connection, Encoding.UTF8.GetString(requests[i].Name.Span));
            refusals[i] = RoomEntrance.CheckPersonal(connection, requests[i].Name.Span, out _);
            if (!refusals[i].IsRefused)
            {
                await hooks.JoiningAsync(context).ConfigureAwait(false);
                refusals[i] = Refusal.By(context);
            }
        }

        await JoinAsync(connection, envelope, refusals).ConfigureAwait(false);
    }

    private async ValueTask JoinAsync(Connection connection, Envelope envelope, Refusal[] refusals)
    {
        await entrance.WaitForLanesAsync().ConfigureAwait(false); // it may be announced to whole rooms
        var requests = RoomsOf(envelope);
        var entries = new Entry[requests.Length];
        var lane = connection.Outbox.Lane;
        Frame? reply = null;
        var isHeld = false;
        try
        {
            for (var i = 0; i < requests.Length; i++)
            {
                entries[i] = refusals.Length > 0 && refusals[i].IsRefused ? new Entry { Refusal = refusals[i] } : entrance.Prepare(connection, requests[i]);
            }

            lane.Post(LaneItem.Hold(connection.Outbox));
            isHeld = true;
            for (var i = 0; i < requests.Length; i++)
            {
                if (!entries[i].Refusal.IsRefused)
                {
                    entries[i] = await EnterAsync(connection, requests[i], entries[i], envelope.WantsMembers, requests.Length).ConfigureAwait(false);
                }
            }

            reply = Answer(envelope, entries);
        }
        finally
        {
            if (isHeld)
            {
                lane.Post(LaneItem.Release(connection.Outbox, reply));
            }

            foreach (var entry in entries)
            {
                entrance.Start(connection, entry);
            }
        }
    }

    /// <summary>A room whose store is away is refused, and the others go on; what was suspended for it is begun again after the answer.</summary>
    private async ValueTask<Entry> EnterAsync(Connection connection, RoomRequest request, Entry entry, bool wantsMembers, int inAll)
    {
        try
        {
            return await entrance.EnterAsync(connection, request, entry, wantsMembers, inAll).ConfigureAwait(false);
        }
        catch (UnavailableException exception)
        {
            return entry with { Refusal = Refusal.Unavailable(exception) };
        }
    }

    private Frame? Answer(in Envelope envelope, Entry[] entries)
    {
        if (!envelope.HasRooms && entries[0].Refusal is { IsRefused: true } refusal)
        {
            return replies.ErrorFrame(envelope.Id.Span, refusal.Code!, refusal.Message, refusal.RetryAfterMs);
        }

        if (envelope.Id.IsEmpty)
        {
            return null;
        }

        return Replies.Make((envelope, entries, pages.Bytes), envelope.HasRooms ? WriteResults : WriteResult);
    }

    private static void WriteResult(PooledBufferWriter buffer, (Envelope Envelope, Entry[] Entries, int Bytes) state)
    {
        var budget = state.Bytes;
        var ack = AckWriter.Begin(buffer, state.Envelope.Id.Span);
        Write(ref ack, state.Envelope.Room, state.Entries[0], ref budget);
        ack.End();
    }

    private static void WriteResults(PooledBufferWriter buffer, (Envelope Envelope, Entry[] Entries, int Bytes) state)
    {
        var budget = state.Bytes;
        var ack = AckWriter.Begin(buffer, state.Envelope.Id.Span);
        ack.BeginResults();
        for (var i = 0; i < state.Entries.Length; i++)
        {
            ack.BeginResult();
            Write(ref ack, state.Envelope.Rooms![i], state.Entries[i], ref budget);
            ack.EndResult();
        }

        ack.EndResults();
        ack.End();
    }

    private static void Write(ref AckWriter ack, in RoomRequest request, in Entry entry, ref int budget)
    {
        ack.Room(entry.Room is { } room ? room.Name.Json.Span : JsonText.Encode(request.Name.Span));
        if (entry.Refusal.Code is { } code)
        {
            ack.Refused(code, entry.Refusal.Message, entry.Refusal.RetryAfterMs);
            return;
        }

        if (entry.Joined.Position is { } position)
        {
            ack.Position(position.Epoch, position.Seq);
        }

        if (entry.Count is { } count)
        {
            ack.Count(count);
        }

        if (entry.Members is { } members)
        {
            MemberPages.Write(ref ack, members, first: 0, MembersInAck, ref budget);
        }

        if (request.Since is not null)
        {
            ack.Recovered(entry.Joined.IsRecovered);
        }
    }

    private static RoomRequest[] RoomsOf(in Envelope envelope) => envelope.HasRooms ? envelope.Rooms! : [envelope.Room];
}
