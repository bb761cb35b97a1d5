using System.Text;
using WsCore.Access;
using WsCore.Backplane;
using WsCore.Conflation;
using WsCore.Connections;
using WsCore.Dispatch;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Hosting;

/// <summary>What the application does with this node, and through it with the others.</summary>
/// <remarks>Messages reach members on every node, and so do orders to disconnect and to remove. Known across nodes: presence, who is online, the nodes. Known of this node only:
/// <see cref="Members"/>, and <see cref="MembersAsync"/> where the namespace has no presence.</remarks>
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
        var rules = node.Rooms.RulesFor(name.Utf8.Span);
        if (rules.History is { } history)
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

        CheckBus();
        var found = node.Rooms.Find(name);
        if (found is null && !node.Rooms.AreElsewhere)
        {
            return;
        }

        var isConflated = rules.Conflate > TimeSpan.Zero;
        var frame = Publication.Make(
            Message(payload, rawEvent) with { JsonRoom = name.Json.Span, RawKey = rawKey }, ephemeral: isConflated, reliable: !isConflated && (reliable || rules.Reliable));
        if (found is null)
        {
            node.Rooms.PublishElsewhere(name, frame, !isConflated ? [] : rawKey.Length == 0 ? SenderKey.Application : rawKey);
        }
        else if (found.Conflation is { } conflation)
        {
            conflation.Publish(frame, rawKey, sender: null, except: null);
        }
        else
        {
            found.Publish(frame, except: null, reply: null);
        }
    }

    public ValueTask BroadcastToNamespaceAsync(string namespaceName, Payload payload, string? eventName = null)
    {
        if (!RoomNameRules.IsNamespace(Encoding.UTF8.GetBytes(namespaceName)))
        {
            throw new ArgumentException($"A namespace is 1 to {RoomNameRules.MaxNamespaceBytes} of a-z, 0-9 and '-'.", nameof(namespaceName));
        }

        var frame = Publication.Make(Message(payload, RawEvent(eventName)) with { JsonNamespace = JsonText.Encode(Encoding.UTF8.GetBytes(namespaceName)) });
        return DeliverAsync(payload, node.Sink.ConnectionsIn(namespaceName), new BusMessage(BusTarget.Namespace, Room: null, namespaceName, frame));
    }

    public ValueTask BroadcastToEverybodyAsync(Payload payload, string? eventName = null) =>
        DeliverAsync(
            payload,
            node.Connections,
            new BusMessage(BusTarget.Everybody, Room: null, Namespace: null, Publication.Make(Message(payload, RawEvent(eventName)) with { Everybody = true })));

    public async ValueTask SendAsync(string user, Payload payload, string? eventName = null, bool reliable = false)
    {
        var (name, rawEvent) = (RoomName.Personal(user), RawEvent(eventName));
        limit.Check(payload, nameof(payload));
        await node.Lanes.WaitForRoomAsync().ConfigureAwait(false);
        var rules = node.Rooms.PersonalRules;
        if (rules.History is { } history)
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

        CheckBus();
        var room = node.Rooms.Find(name);
        if (room is null && !node.Rooms.AreElsewhere)
        {
            return;
        }

        var message = Message(payload, rawEvent) with { JsonTo = JsonText.Encode(Encoding.UTF8.GetBytes(user)) };
        var frame = Publication.Make(message, reliable: reliable || rules.Reliable);
        if (room is null)
        {
            node.Rooms.PublishElsewhere(name, frame);
        }
        else
        {
            room.Publish(frame, except: null, reply: null);
        }
    }

    public ValueTask<bool> DisconnectAsync(string connectionId, string reason) =>
        AskOneAsync(new NodeCommand(NodeCommandKind.Disconnect, connectionId, Reason: reason));

    public ValueTask<int> DisconnectUserAsync(string user, string reason)
    {
        _ = RoomName.Personal(user);
        return AskAllAsync(new NodeCommand(NodeCommandKind.DisconnectUser, user, Reason: reason));
    }

    public ValueTask<int> RemoveUserAsync(string room, string user)
    {
        _ = RoomName.Personal(user);
        return AskAllAsync(new NodeCommand(NodeCommandKind.RemoveUser, user, Shared(room).Text));
    }

    public ValueTask<bool> RemoveAsync(string room, string connectionId) =>
        AskOneAsync(new NodeCommand(NodeCommandKind.Remove, connectionId, Shared(room).Text));

    public ValueTask<IReadOnlyList<NodeInfo>> NodesAsync() => node.Stores.Backplane.NodesAsync();

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

    // A connection is on one node only: where it is here, nobody else need be asked.
    private async ValueTask<bool> AskOneAsync(NodeCommand command) =>
        node.Sink.Obey(command) > 0 || await node.Stores.Backplane.CommandAsync(command).ConfigureAwait(false) > 0;

    private async ValueTask<int> AskAllAsync(NodeCommand command) =>
        node.Sink.Obey(command) + await node.Stores.Backplane.CommandAsync(command).ConfigureAwait(false);

    private static RoomName Shared(string room) => Name(room) is { IsPersonal: false } name
        ? name
        : throw new ArgumentException("A user cannot be taken out of a personal room; disconnect the user instead.", nameof(room));

    private async ValueTask DeliverAsync(Payload payload, IEnumerable<Connection> connections, BusMessage message)
    {
        limit.Check(payload, nameof(payload));
        await node.Lanes.WaitForRoomAsync().ConfigureAwait(false);
        CheckBus();
        node.Lanes.Run(NodeSink.Enqueue(connections, message.Frame));
        if (node.Rooms.AreElsewhere)
        {
            node.Stores.Backplane.Publish(message);
        }
    }

    // What has no number goes to everybody or to nobody.
    private void CheckBus()
    {
        if (!node.Rooms.OthersTakeMore)
        {
            throw new UnavailableException(Refusal.BusFullMessage);
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
