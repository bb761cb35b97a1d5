using System.Text;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Dispatch;
using WsCore.Framing;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Hosting;

/// <summary>What the application does with this node.</summary>
internal sealed class NodeOperations(Node node, Appender appender, PayloadLimit limit) : IWsCore
{
    private const int MaxNameCharacters = 64;

    public async ValueTask BroadcastAsync(string room, Payload payload, string? eventName = null, bool reliable = false, string? key = null)
    {
        var (name, rawEvent, rawKey) = (Name(room), RawEvent(eventName), RawName(key, "A key", nameof(key)));
        if (name.IsPersonal)
        {
            throw new ArgumentException("A personal room is reached with SendAsync.", nameof(room));
        }

        if (reliable && node.Rooms.RulesFor(name.Utf8.Span).Conflate > TimeSpan.Zero)
        {
            throw new ArgumentException("In a conflated room a message cannot be reliable.", nameof(reliable));
        }

        limit.Check(payload, nameof(payload));
        await node.Lanes.WaitForRoomAsync().ConfigureAwait(false);
        if (node.Rooms.RulesFor(name.Utf8.Span) is { History: { } history } rules)
        {
            var draft = new MessageDraft
            {
                JsonRoom = name.Json,
                RawEvent = rawEvent,
                RawKey = rawKey,
                Time = appender.Now,
                Payload = payload,
                IsReliable = reliable || rules.Reliable,
            };
            await appender.AppendAsync(name, history, draft).ConfigureAwait(false);
            return;
        }

        if (node.Rooms.Find(name) is not { } found)
        {
            return;
        }

        var message = Message(payload, rawEvent) with { JsonRoom = name.Json.Span, RawKey = rawKey };
        if (found.Conflation is { } conflation)
        {
            conflation.Publish(Publication.Make(message, ephemeral: true), rawKey, sender: null, except: null);
            return;
        }

        found.Publish(Publication.Make(message, reliable: reliable || found.Rules.Reliable), except: null, reply: null);
    }

    public ValueTask BroadcastToNamespaceAsync(string namespaceName, Payload payload, string? eventName = null)
    {
        if (!RoomNameRules.IsNamespace(Encoding.UTF8.GetBytes(namespaceName)))
        {
            throw new ArgumentException($"A namespace is 1 to {RoomNameRules.MaxNamespaceBytes} of a-z, 0-9 and '-'.", nameof(namespaceName));
        }

        var connections = node.Rooms.All(namespaceName).SelectMany(room => room.Snapshot()).Select(membership => membership.Connection).Distinct();
        var frame = Publication.Make(Message(payload, RawEvent(eventName)) with { JsonNamespace = JsonText.Encode(Encoding.UTF8.GetBytes(namespaceName)) });
        return DeliverAsync(payload, connections, frame);
    }

    public ValueTask BroadcastToEverybodyAsync(Payload payload, string? eventName = null) =>
        DeliverAsync(payload, node.Connections, Publication.Make(Message(payload, RawEvent(eventName)) with { Everybody = true }));

    public async ValueTask SendAsync(string user, Payload payload, string? eventName = null, bool reliable = false)
    {
        var (name, rawEvent) = (RoomName.Personal(user), RawEvent(eventName));
        limit.Check(payload, nameof(payload));
        await node.Lanes.WaitForRoomAsync().ConfigureAwait(false);
        if (node.Rooms.PersonalRules is { History: { } history } rules)
        {
            var draft = new MessageDraft
            {
                JsonTo = JsonText.Encode(Encoding.UTF8.GetBytes(user)),
                RawEvent = rawEvent,
                Time = appender.Now,
                Payload = payload,
                IsReliable = reliable || rules.Reliable,
            };
            await appender.AppendAsync(name, history, draft).ConfigureAwait(false);
            return;
        }

        var message = Message(payload, rawEvent) with { JsonTo = JsonText.Encode(Encoding.UTF8.GetBytes(user)) };
        if (node.Rooms.Find(name) is { } room)
        {
            room.Publish(Publication.Make(message, reliable: reliable || room.Rules.Reliable), except: null, reply: null);
        }
    }

    public bool Disconnect(string connectionId, string reason)
    {
        var connection = node.Connections.Find(connectionId);
        connection?.Close(CloseCodes.Disconnected, reason);
        return connection is not null;
    }

    public int DisconnectUser(string user, string reason)
    {
        var memberships = node.Rooms.Find(RoomName.Personal(user))?.Snapshot() ?? [];
        foreach (var membership in memberships)
        {
            membership.Connection.Close(CloseCodes.Disconnected, reason);
        }

        return memberships.Length;
    }

    public IReadOnlyList<Member> Members(string room) => node.Rooms.Find(Name(room))?.Members() ?? [];

    public ValueTask<IReadOnlyList<Member>> MembersAsync(string room)
    {
        var name = Name(room);
        return !name.IsPersonal && node.Rooms.RulesFor(name.Utf8.Span).Presence
            ? node.Presence.MembersAsync(name)
            : new ValueTask<IReadOnlyList<Member>>(node.Rooms.Find(name)?.Members() ?? []);
    }

    public ValueTask<IReadOnlyList<string>> OnlineAsync(IEnumerable<string> users)
    {
        string[] asked = [.. users];
        foreach (var user in asked)
        {
            _ = RoomName.Personal(user);
        }

        return node.Presence.OnlineAsync(asked);
    }

    public int RemoveUser(string room, string user)
    {
        _ = RoomName.Personal(user);
        return Remove(room, connection => connection.User == user);
    }

    public bool Remove(string room, string connectionId) => Remove(room, connection => connection.Id == connectionId) > 0;

    private int Remove(string room, Func<Connection, bool> chosen)
    {
        var name = Name(room);
        if (name.IsPersonal)
        {
            throw new ArgumentException("A user cannot be taken out of a personal room; disconnect the user instead.", nameof(room));
        }

        var removed = 0;
        var farewell = Replies.Make(name, static (buffer, name) => EnvelopeWriter.Removed(buffer, name.Json.Span, ErrorCodes.Forbidden));
        foreach (var membership in node.Rooms.Find(name)?.Snapshot() ?? [])
        {
            if (chosen(membership.Connection) && membership.Leave(farewell))
            {
                removed++;
            }
        }

        return removed;
    }

    private async ValueTask DeliverAsync(Payload payload, IEnumerable<Connection> connections, Frame frame)
    {
        limit.Check(payload, nameof(payload));
        await node.Lanes.WaitForRoomAsync().ConfigureAwait(false);
        foreach (var group in connections.Select(connection => connection.Outbox).GroupBy(outbox => outbox.Lane))
        {
            group.Key.Post(LaneItem.DeliverEach([.. group], frame));
        }
    }

    private MessageEnvelope Message(in Payload payload, ReadOnlySpan<byte> rawEvent) => new()
    {
        RawEvent = rawEvent,
        Time = node.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        Payload = payload.Bytes.Span,
        Binary = payload.IsBinary,
    };

    private static RoomName Name(string room) =>
        RoomName.TryParse(room, out var name, out var problem) ? name : throw new ArgumentException(problem, nameof(room));

    private static byte[] RawEvent(string? eventName) => RawName(eventName, "An event", nameof(eventName));

    private static byte[] RawName(string? name, string what, string parameter)
    {
        if (name is null)
        {
            return [];
        }

        var characters = name.EnumerateRunes().Count();
        return characters is >= 1 and <= MaxNameCharacters
            ? JsonText.Encode(Encoding.UTF8.GetBytes(name))
            : throw new ArgumentException($"{what} is 1 to {MaxNameCharacters} characters.", parameter);
    }
}
