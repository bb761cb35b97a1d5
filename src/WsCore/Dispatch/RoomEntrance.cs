using System.Text;
using WsCore.Backplane;
using WsCore.Connections;
using WsCore.History;
using WsCore.Limits;
using WsCore.Presence;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Lets connections into rooms, from where they left off if the room still knows.</summary>
/// <remarks>Thread-safe. The three steps of a room: <see cref="Prepare"/>, then the answer is held for; <see cref="EnterAsync"/>; then it is sent; <see cref="Start"/>.</remarks>
internal sealed class RoomEntrance(RoomManager rooms, ReplaySource source, Attendance attendance, LimitOptions limits)
{
    /// <summary>Checks the room, and stops what a member that joins again, with a <c>since</c> or while it catches up, still gets of it: after the answer it would come
    /// once more, or from before the position that the answer tells.</summary>
    public Entry Prepare(Connection connection, in RoomRequest request)
    {
        var name = request.Name.Span;
        var refusal = CheckPersonal(connection, name, out var isPersonal);
        if (refusal.IsRefused)
        {
            return new Entry { Refusal = refusal };
        }

        var membership = rooms.Find(name) is { } room ? connection.Rooms.Find(room) : null;
        var own = connection.User is null ? 0 : 1; // the personal room does not count
        if (!isPersonal && membership is null && connection.Rooms.Count - own >= limits.MaxRoomsPerConnection)
        {
            return new Entry { Refusal = TooMany() };
        }

        return new Entry
        {
            Suspended = membership?.Room.Rules.History is not null && (request.Since is not null || membership.Replay is not null)
                ? membership.Room.Suspend(membership)
                : null,
        };
    }

    /// <inheritdoc cref="RoomManager.WaitForLanesAsync"/>
    public ValueTask WaitForLanesAsync() => rooms.WaitForLanesAsync();

    /// <summary>Makes the connection a member.</summary>
    /// <param name="connection">Joins.</param>
    /// <param name="request">The room.</param>
    /// <param name="entry">What <see cref="Prepare"/> gave.</param>
    /// <param name="wantsMembers">The answer lists them.</param>
    /// <exception cref="UnavailableException">A store is away: the connection is in the room if it was before, and not if it was not.</exception>
    /// <param name="inAll">How many rooms the whole request has: together they read one step now, so that joining 128 rooms again and again costs what joining one does.</param>
    public async ValueTask<Entry> EnterAsync(Connection connection, RoomRequest request, Entry entry, bool wantsMembers, int inAll)
    {
        // Rooms of the same request before this one may have used up what was left.
        var own = connection.User is null ? 0 : 1;
        if (connection.Rooms.Count - own >= limits.MaxRoomsPerConnection && (rooms.Find(request.Name.Span) is not { } room || connection.Rooms.Find(room) is null))
        {
            return entry with { Refusal = TooMany() };
        }

        if (request.Since is null && entry.Suspended is { } interrupted)
        {
            var again = new Joined(JoinOutcome.AlreadyMember, new Position(interrupted.Epoch, interrupted.Position), interrupted);
            return await AttendAsync(connection, request, new Entry { Room = interrupted.Membership.Room, Joined = again }, wantsMembers).ConfigureAwait(false);
        }

        var missed = await ReadAsync(request, source.StepBytes / inAll).ConfigureAwait(false);
        var (entered, joined) = await rooms.JoinAsync(connection, request.Name, missed).ConfigureAwait(false);
        if (request.Since is not null && joined.Position is not null)
        {
            source.Metrics.Recovery(joined.IsRecovered ? "recovered" : "not_recovered");
        }

        return joined.Outcome switch
        {
            JoinOutcome.Full => new Entry { Refusal = Refusal.Forbidden("The room is full.") },
            JoinOutcome.ConnectionOver => new Entry { Refusal = new Refusal(ErrorCodes.Unavailable, "The connection is closing.") },
            _ => await AttendAsync(connection, request, new Entry { Room = entered, Joined = joined }, wantsMembers).ConfigureAwait(false),
        };
    }

    /// <summary>After the answer: begins to replay what was missed.</summary>
    public void Start(Connection connection, in Entry entry)
    {
        if ((entry.Joined.Replay ?? entry.Suspended) is { } replay)
        {
            (connection.CatchUp ??= new CatchUp(connection, source)).Start(replay);
        }
    }

    /// <summary>A personal room takes its user's connections, which are in it from the start, and nobody else.</summary>
    public static Refusal CheckPersonal(Connection connection, ReadOnlySpan<byte> name, out bool isPersonal)
    {
        isPersonal = PersonalRoom.TryGetUser(name, out var user);
        return isPersonal && (connection.User is null || !user.SequenceEqual(Encoding.UTF8.GetBytes(connection.User)))
            ? Refusal.Forbidden("'room' is the personal room of another user.")
            : default;
    }

    private async ValueTask<Entry> AttendAsync(Connection connection, RoomRequest request, Entry entry, bool wantsMembers)
    {
        var room = entry.Room!;
        if (!room.HasPresence || connection.Rooms.Find(room) is not { } membership)
        {
            return entry;
        }

        try
        {
            var count = await attendance.JoinAsync(membership, request.State).ConfigureAwait(false);
            var members = wantsMembers ? await attendance.Store.MembersAsync(room.Name).ConfigureAwait(false) : null;
            return entry with { Count = members?.Count ?? count, Members = members }; // one moment for both
        }
        catch (UnavailableException) when (entry.Joined.Outcome == JoinOutcome.Joined)
        {
            membership.Leave(); // refused, so it has not happened
            throw;
        }
        catch
        {
            Start(connection, entry); // the request fails, the membership stands
            throw;
        }
    }

    /// <summary>The beginning of what was missed; null where nothing was asked for, or where it is not whole.</summary>
    private async ValueTask<HistoryPage?> ReadAsync(RoomRequest request, int maxBytes)
    {
        if (request.Since is null || rooms.RulesFor(request.Name.Span).History is not { } rules)
        {
            return null;
        }

        var page = await source.Store.ReadAsync(RoomName.Create(request.Name.Span), rules, request.Since, int.MaxValue, maxBytes).ConfigureAwait(false);
        return page.IsWhole ? page : null;
    }

    private Refusal TooMany() =>
        new(ErrorCodes.TooManyRooms, $"A connection may be in {limits.MaxRoomsPerConnection} rooms; leave one first.");
}
