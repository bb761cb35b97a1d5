using System.Text;
using WsCore.Access;
using WsCore.Buffers;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Limits;
using WsCore.Presence;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Puts a connection into one room or several.</summary>
/// <remarks>
/// What the connection's lane has for it between the first room and the <c>ack</c> is held back, so that the <c>ack</c> comes before the first message
/// without any room's gate being held while it is written.
/// </remarks>
internal sealed class JoinCommand(RoomManager rooms, Attendance attendance, HookRunner hooks, Replies replies, LimitOptions limits, MemberPages pages)
{
    private const int MembersInAck = 100;

    public ValueTask RunAsync(Connection connection, in Envelope envelope)
    {
        if (hooks.Wants(HookPoints.Joining))
        {
            return AskAndJoinAsync(connection, envelope);
        }

        return JoinAsync(connection, envelope, []);
    }

    private async ValueTask AskAndJoinAsync(Connection connection, Envelope envelope)
    {
        var requests = RoomsOf(envelope);
        var refusals = new Refusal[requests.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            var context = new JoinContext(connection, Encoding.UTF8.GetString(requests[i].Name.Span));
            refusals[i] = CheckPersonal(connection, requests[i].Name.Span, out _);
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
        await rooms.WaitForLanesAsync().ConfigureAwait(false); // it may be announced to whole rooms
        var lane = connection.Outbox.Lane;
        Frame? reply = null;
        lane.Post(LaneItem.Hold(connection.Outbox));
        try
        {
            if (envelope.HasRooms)
            {
                reply = await JoinSeveralAsync(connection, envelope, refusals).ConfigureAwait(false);
            }
            else
            {
                reply = await JoinOneAsync(connection, envelope, refusals.Length > 0 ? refusals[0] : default).ConfigureAwait(false);
            }
        }
        finally
        {
            lane.Post(LaneItem.Release(connection.Outbox, reply));
        }
    }

    private async ValueTask<Frame?> JoinOneAsync(Connection connection, Envelope envelope, Refusal refusal)
    {
        var joined = refusal.IsRefused ? new JoinedRoom(null, refusal) : await EnterAsync(connection, envelope.Room, envelope.WantsMembers).ConfigureAwait(false);
        if (joined.Refusal.Code is { } code)
        {
            return replies.ErrorFrame(envelope.Id.Span, code, joined.Refusal.Message);
        }

        if (envelope.Id.IsEmpty)
        {
            return null;
        }

        return Replies.Make((envelope, joined, pages.Bytes), static (buffer, state) =>
        {
            var ack = AckWriter.Begin(buffer, state.envelope.Id.Span);
            var budget = state.Bytes;
            Write(ref ack, state.envelope.Room, state.joined, ref budget);
            ack.End();
        });
    }

    private async ValueTask<Frame?> JoinSeveralAsync(Connection connection, Envelope envelope, Refusal[] refusals)
    {
        var requests = envelope.Rooms!;
        var joined = new JoinedRoom[requests.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            var refusal = refusals.Length > 0 ? refusals[i] : default;
            joined[i] = refusal.IsRefused ? new JoinedRoom(null, refusal) : await EnterAsync(connection, requests[i], envelope.WantsMembers).ConfigureAwait(false);
        }

        return envelope.Id.IsEmpty ? null : Replies.Make((envelope, joined, pages.Bytes), WriteResults);
    }

    private static void WriteResults(PooledBufferWriter buffer, (Envelope Envelope, JoinedRoom[] Joined, int Bytes) state)
    {
        var budget = state.Bytes;
        var ack = AckWriter.Begin(buffer, state.Envelope.Id.Span);
        ack.BeginResults();
        for (var i = 0; i < state.Joined.Length; i++)
        {
            ack.BeginResult();
            Write(ref ack, state.Envelope.Rooms![i], state.Joined[i], ref budget);
            ack.EndResult();
        }

        ack.EndResults();
        ack.End();
    }

    private static void Write(ref AckWriter ack, in RoomRequest request, in JoinedRoom joined, ref int budget)
    {
        ack.Room(joined.Room is { } room ? room.Name.Json.Span : JsonText.Encode(request.Name.Span));
        if (joined.Refusal.Code is { } code)
        {
            ack.Refused(code, joined.Refusal.Message);
            return;
        }

        if (joined.Count is { } count)
        {
            ack.Count(count);
        }

        if (joined.Members is { } members)
        {
            MemberPages.Write(ref ack, members, first: 0, MembersInAck, ref budget);
        }

        if (request.Since is not null)
        {
            ack.Recovered(false); // no room keeps a history yet, so whatever was missed is gone
        }
    }

    private async ValueTask<JoinedRoom> EnterAsync(Connection connection, RoomRequest request, bool wantsMembers)
    {
        var joined = Enter(connection, request);
        if (joined.Room is not { HasPresence: true } room || connection.Rooms.Find(room) is not { } membership)
        {
            return joined;
        }

        var count = await attendance.JoinAsync(membership, request.State).ConfigureAwait(false);
        var members = wantsMembers ? await attendance.Store.MembersAsync(room.Name).ConfigureAwait(false) : null;
        return joined with { Count = members?.Count ?? count, Members = members }; // one moment for both
    }

    private JoinedRoom Enter(Connection connection, in RoomRequest request)
    {
        var name = request.Name.Span;
        var refusal = CheckPersonal(connection, name, out var isPersonal);
        if (refusal.IsRefused)
        {
            return new JoinedRoom(null, refusal);
        }

        var own = connection.User is null ? 0 : 1; // the personal room does not count
        if (!isPersonal && connection.Rooms.Count - own >= limits.MaxRoomsPerConnection && !IsMember(connection, name))
        {
            return new JoinedRoom(null, new Refusal(
                ErrorCodes.TooManyRooms, $"A connection may be in {limits.MaxRoomsPerConnection} rooms; leave one first."));
        }

        return rooms.Join(connection, name, out var room) switch
        {
            JoinOutcome.Full => new JoinedRoom(null, Refusal.Forbidden("The room is full.")),
            JoinOutcome.ConnectionOver => new JoinedRoom(null, new Refusal(ErrorCodes.Unavailable, "The connection is closing.")),
            _ => new JoinedRoom(room, default),
        };
    }

    private bool IsMember(Connection connection, ReadOnlySpan<byte> name) =>
        rooms.Find(name) is { } room && connection.Rooms.Find(room) is not null;

    /// <summary>A personal room takes its user's connections, which are in it from the start, and nobody else.</summary>
    private static Refusal CheckPersonal(Connection connection, ReadOnlySpan<byte> name, out bool isPersonal)
    {
        isPersonal = PersonalRoom.TryGetUser(name, out var user);
        return isPersonal && (connection.User is null || !user.SequenceEqual(Encoding.UTF8.GetBytes(connection.User)))
            ? Refusal.Forbidden("'room' is the personal room of another user.")
            : default;
    }

    private static RoomRequest[] RoomsOf(in Envelope envelope) => envelope.HasRooms ? envelope.Rooms! : [envelope.Room];

    /// <param name="Room">Null where it was refused.</param>
    /// <param name="Refusal">Why.</param>
    /// <param name="Count">Members, where the namespace has presence.</param>
    /// <param name="Members">Where they were asked for, and are told.</param>
    private readonly record struct JoinedRoom(Room? Room, Refusal Refusal, int? Count = null, IReadOnlyList<Member>? Members = null);
}
