using System.Text.Json;
using WsCore.Protocol;

namespace WsCore.Tests.Simulation;

/// <content>What it is told, and whether that may be.</content>
internal sealed partial class Client
{
    public void Receive(Link link, ReadOnlyMemory<byte> envelope)
    {
        if (link != _link)
        {
            return;
        }

        using var document = JsonDocument.Parse(envelope);
        var json = document.RootElement;
        switch (json.GetProperty("type").GetString())
        {
            case "welcome":
                Welcomed(json);
                break;
            case "message":
                Message(json);
                break;
            case "joined":
                Present(json, 1);
                break;
            case "left":
                Present(json, -1);
                break;
            case "ack":
                Answered(json);
                break;
            case "error":
                Refused(json);
                break;
            case var other:
                _world.Fail($"{Name} gets a {other}");
                break;
        }
    }

    private void Welcomed(JsonElement json)
    {
        Require(!_welcomed, $"{Name} is welcomed twice");
        _welcomed = true;
        if (_closing)
        {
            return;
        }

        _world.Trace.Add("is welcomed as", Name, json.GetProperty("connection").GetString());
        var rooms = _rooms.Values.Where(room => room.Wanted).ToList();
        if (User is not null)
        {
            var own = _rooms[Personal];
            own.IsIn = true;
            Require(json.TryGetProperty("self", out var self) == own.KeepsHistory, $"{Name} is told a position in {Personal} or not, against the rules of the namespace");
            if (own.KeepsHistory)
            {
                own.Live = PositionOf(self);
                if (own.Known is { } known && known != own.Live)
                {
                    own.IsBehind = true;
                    rooms.Insert(0, own);
                }
                else
                {
                    own.Known = own.Live;
                }
            }
        }

        if (rooms.Count > 0 && _random.Next(5) == 0)
        {
            rooms.ForEach(room => Enter([room]));
        }
        else if (rooms.Count > 0)
        {
            Enter([.. rooms]);
        }

        Repeat();
    }

    // The personal room must not be joined without a since: what was missed would be lost by the client's own fault.
    private void Enter(ClientRoom[] rooms)
    {
        if (rooms.Any(room => room.IsBehind))
        {
            Join(rooms, [.. rooms.Select(room => room.Known)]);
        }
        else
        {
            Join(rooms);
        }
    }

    /// <summary>Who is there is told change by change: none is missing where each count follows from the one before.</summary>
    private void Present(JsonElement json, int change)
    {
        var room = _rooms[json.GetProperty("room").GetString()!];
        var count = json.GetProperty("count").GetInt64();
        _world.Trace.Add(change > 0 ? "hears of one more in" : "hears of one less in", Name, room.Name, count);
        _world.Count("changes of members");
        Require(room.IsIn, $"{Name} hears of who is in {room.Name}, in which it is not");
        Require(count == room.Members + change, $"{Name} hears of {count} members of {room.Name} after one {(change > 0 ? "joined" : "left")} the {room.Members} that there were");
        room.Members = count;
    }

    /// <summary>Confirms what is reliable, or forgets to; what comes again has no place in the order.</summary>
    private bool IsRepetition(JsonElement json, string message)
    {
        if (!json.TryGetProperty("ack", out var told))
        {
            Require(!json.TryGetProperty("attempt", out _), $"{Name} gets an attempt at {message}, which is not reliable");
            return false;
        }

        var id = told.GetString()!;
        var attempt = json.TryGetProperty("attempt", out var number) ? number.GetInt32() : 1;
        var (before, isReplayed) = _attempts.GetValueOrDefault(id);
        var most = _world.RetryDelays + 1;
        Require(
            attempt == 1 || (attempt <= most && (attempt == before + 1 || (isReplayed && attempt <= before))),
            $"{Name} gets attempt {attempt} at {message} after {before} on {_link!.Connection.Id}");
        if (attempt > 1)
        {
            _world.Trace.Add($"sees {message} again, attempt", Name, json.TryGetProperty("room", out var room) ? room.GetString() : null, attempt);
            _world.Count("reliable messages repeated");
        }

        _world.Count("reliable messages");
        var confirms = _resting || _random.Next(100) < _world.Traits.Confirms;
        _attempts[id] = (attempt == 1 ? Math.Max(1, before) : attempt, isReplayed || (attempt == 1 && before > 0)); // what is replayed after it was confirmed begins anew
        if (confirms && !_closing)
        {
            Say(new Request("-", "ack", []), _random.Next(2) == 0 ? $",\"ids\":[\"{id}\",\"{id}\"]" : $",\"ids\":[\"{id}\"]");
        }

        return attempt > 1;
    }

    private void Message(JsonElement json)
    {
        var name = json.TryGetProperty("room", out var room) ? room.GetString()! : $"user:{json.GetProperty("to").GetString()}";
        var payload = json.GetProperty("payload");
        var id = payload.GetProperty("m").GetString()!;
        if (IsRepetition(json, id))
        {
            return; // also of a room that it has left since
        }

        Require(_rooms.TryGetValue(name, out var where) && where.IsIn, $"{Name} gets {id} of {name}, which it is not in");
        _world.Count("messages");
        if (json.TryGetProperty("seq", out _))
        {
            var position = PositionOf(json);
            _world.Trace.Add($"sees {id} of", Name, name, position.Seq);
            Require(where!.KeepsHistory, $"{Name} gets {id} of {name} with a number");
            Advance(where, position, id);
            return;
        }

        _world.Trace.Add($"sees {id} of", Name, name);
        Require(where!.Seen.Add(id), $"{Name} sees {id} of {name} twice");
        var from = json.GetProperty("from").GetProperty("connection").GetString()!;
        var number = payload.GetProperty("k").GetInt64();
        if (number > 0 && from != _link!.Connection.Id) // its own without echo are not shown
        {
            var last = where.LastOf.GetValueOrDefault(from, number - 1);
            Require(number == last + 1, $"{Name} sees message {number} of {from} in {name} after its message {last}");
            where.LastOf[from] = number;
        }
    }

    /// <summary>The next position of a room: a message's, or that of an answer in the place of the client's own.</summary>
    private void Advance(ClientRoom room, Position position, string message)
    {
        Require(position.Epoch == room.Live.Epoch, $"{Name} sees {message} as {position} of {room.Name} while it is at {room.Live}");
        Require(position.Seq > room.Live.Seq, $"{Name} sees {message} as {position.Seq} of {room.Name} after {room.Live.Seq}: twice, or out of order");
        Require(!room.IsUnsettled, $"{Name} sees {message} as {position.Seq} of {room.Name} after a place was left out");
        _world.Oracle.Seen(Name, room.Name, position.Epoch, position.Seq, message);
        NoneMissing(room, position.Seq, $"before {message}");
        room.Live = position;
        if (!room.IsBehind)
        {
            room.Known = position;
        }
    }

    private void NoneMissing(ClientRoom room, long next, string when)
    {
        for (var seq = room.Live.Seq + 1; seq < next; seq++)
        {
            Require(
                IsLeftOut(room, seq),
                $"{Name} on {_link!.Connection.Id} has not seen {seq} of {room.Name} {when}: a gap after {room.Live.Seq}");
        }
    }

    private bool IsLeftOut(ClientRoom room, long seq) => _world.Oracle.IsLeftOut(_link!.Connection.Id, room.Name, room.Live.Epoch, seq);

    private bool IsNext(ClientRoom room, long next)
    {
        var seq = room.Live.Seq + 1;
        while (seq < next && IsLeftOut(room, seq))
        {
            seq++;
        }

        return seq == next;
    }

    private void Answered(JsonElement json)
    {
        var id = json.GetProperty("id").GetString()!;
        Require(_pending.Remove(id, out var request), $"{Name} gets an answer to {id}, which it did not ask or has an answer to");
        _world.Trace.Add("is answered", Name, id, json.TryGetProperty("seq", out var seq) ? seq.GetInt64() : 0);
        Require(!request!.IsConflict, $"{Name} gets an ack to {id}, whose once was used for something else");
        switch (request.Type)
        {
            case "join":
                Joined(request, json);
                break;
            case "leave":
                var left = _rooms[request.Rooms[0]];
                left.Lose();
                break;
            case "history":
                History(request, json);
                break;
            default:
                Published(request, json);
                break;
        }

        if (!_closing)
        {
            Repeat();
        }
    }

    private void Joined(Request request, JsonElement json)
    {
        if (!json.TryGetProperty("results", out var results))
        {
            Joined(request, 0, json);
            return;
        }

        var index = 0;
        foreach (var result in results.EnumerateArray())
        {
            Joined(request, index++, result);
        }

        Require(index == request.Rooms.Length, $"{Name} joined {request.Rooms.Length} rooms by {request.Id} and gets {index} results");
    }

    private void Joined(Request request, int index, JsonElement json)
    {
        var room = _rooms[request.Rooms[index]];
        Require(json.GetProperty("room").GetString() == room.Name, $"{Name} gets results of {request.Id} in another order");
        Require(!json.TryGetProperty("code", out var code), $"{Name} is refused {room.Name}: {json}");
        var since = request.Since[index];
        Require(json.TryGetProperty("recovered", out var told) == since is not null, $"{Name} is told recovered by {request.Id} without a since, or not with one");
        var wasIn = room.IsIn;
        (room.IsIn, room.Changing) = (true, null);
        Require(json.TryGetProperty("count", out var members) == (_world.Traits.Presence && room.Name != Personal), $"{Name} is told how many are in {room.Name} or not, against the rules");
        if (!wasIn && _world.Traits.Presence && room.Name != Personal)
        {
            room.Members = members.GetInt64();
        }

        if (!room.KeepsHistory)
        {
            return;
        }

        var position = PositionOf(json);
        if (since is { } asked)
        {
            var recovered = told.GetBoolean();
            _world.Count(recovered ? "recovered" : "not recovered");
            Require(
                request.MayBe(recovered, index, _world.Oracle),
                $"{Name} is told recovered:{(recovered ? "true" : "false")} of {room.Name} after {asked} ({request.Id}); it keeps {_world.Oracle.Kept(room.Name)?.Count} up to {_world.Oracle.Kept(room.Name)?.Last} of {_world.Oracle.Kept(room.Name)?.Epoch}");
            room.Live = recovered ? asked : position;
        }
        else if (!wasIn)
        {
            room.Live = position;
        }
        else
        {
            Require(position.Epoch == room.Live.Epoch && position.Seq >= room.Live.Seq, $"{Name} joins {room.Name} again, which is said to be at {position} after {room.Live}");
            return;
        }

        room.Known = room.Live;
        (room.IsBehind, room.IsUnsettled) = (false, false);
    }

    private void History(Request request, JsonElement json)
    {
        var (from, to) = (json.GetProperty("from").GetInt64(), json.GetProperty("to").GetInt64());
        var next = from;
        foreach (var message in json.GetProperty("messages").EnumerateArray())
        {
            var position = PositionOf(message);
            Require(position.Seq == next++, $"{Name} gets {position.Seq} of {request.Rooms[0]} in a page from {from} to {to}, where {next - 1} belongs");
            _world.Oracle.Seen(Name, request.Rooms[0], position.Epoch, position.Seq, message.GetProperty("payload").GetProperty("m").GetString()!);
        }

        Require(next == to + 1, $"{Name} gets a page of {request.Rooms[0]} from {from} to {to} that ends before {next}");
        _world.Count("history pages");
    }

    private void Published(Request request, JsonElement json)
    {
        var message = request.Message!;
        var isDuplicate = json.TryGetProperty("duplicate", out _);
        if (message.Once is not null && _unanswered.Remove(message))
        {
            _answered.Add(message);
        }

        _world.Count(isDuplicate ? "duplicates answered" : "published");
        Require(!isDuplicate || message.Once is not null, $"{Name} is told that {message.Id} is a duplicate, which has no once");
        if (message.IsToSeveral)
        {
            foreach (var result in json.GetProperty("results").EnumerateArray())
            {
                Placed(message, result.GetProperty("room").GetString()!, result);
            }

            return;
        }

        var name = message.Rooms[0];
        if (Placed(message, name, json) is { } position && !isDuplicate && !message.Echo && _rooms[name] is { IsIn: true } room)
        {
            if (room.Changing is not null && !IsNext(room, position.Seq))
            {
                room.IsUnsettled = true; // the replay that it would have come in is over: left, or joined again
            }
            else
            {
                Advance(room, position, message.Id);
            }
        }
    }

    /// <summary>An answer tells the place of a message where the room keeps history, and it is the one that everybody sees.</summary>
    private Position? Placed(SentMessage message, string room, JsonElement json)
    {
        var isKept = !message.Ephemeral && (message.Type == "send" ? room == Personal && User is not null && _rooms[room].KeepsHistory : room[0] == 'h');
        if (isKept && !json.TryGetProperty("seq", out _))
        {
            return null; // the membership ends, or begins anew, before the replay has come to that place
        }

        Require(json.TryGetProperty("seq", out _) == isKept, $"{Name} is told the place of {message.Id} in {room} or not, against the rules: {json}");
        if (!isKept)
        {
            return null;
        }

        var position = PositionOf(json);
        _world.Oracle.Seen(Name, room, position.Epoch, position.Seq, message.Id);
        return position;
    }

    private void Refused(JsonElement json)
    {
        var code = json.GetProperty("code").GetString();
        var id = json.TryGetProperty("id", out var told) ? told.GetString()! : "-";
        Require(_pending.Remove(id, out var request), $"{Name} gets an error for {id}: {json}");
        _world.Trace.Add($"is refused with {code}", Name, id);
        _world.Count($"errors {code}");
        Require(request!.IsConflict && code == "conflict", $"{Name} is refused {id} ({string.Join(' ', request.Rooms)}) for no reason: {json}");
    }

    private static Position PositionOf(JsonElement json) => new(json.GetProperty("epoch").GetString()!, json.GetProperty("seq").GetInt64());
}
