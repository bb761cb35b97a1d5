using WsCore.History;
using WsCore.Protocol;
using WsCore.Redis.Bus;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Redis.Once;
using WsCore.Rooms;

namespace WsCore.Redis.History;

/// <summary>The scripts of the histories, with their arguments and answers.</summary>
/// <remarks>Thread-safe. Everything may fail as <see cref="IRedisLink.RunAsync"/> says.</remarks>
/// <param name="link">Redis.</param>
/// <param name="keys">Names of keys.</param>
/// <param name="codec">Reads what is stored.</param>
/// <param name="settings">Of this node.</param>
/// <param name="metrics">Counts what is stored and not a node's.</param>
internal sealed class HistoryScripts(IRedisLink link, RedisKeys keys, BusCodec codec, HistorySettings settings, HistoryMetrics metrics)
{
    /// <summary>Rooms whose positions are asked for at once.</summary>
    public const int MostPositions = 256;

    /// <summary>A room's log stays at least as long after it was last touched: three times what may lie between two touches of a room with members.</summary>
    private const long LeastKeepMs = 120_000;

    private const long OnceSlackMs = 600_000;
    private const int MostForgotten = 100;

    private static readonly LuaScript AppendScript = LuaScript.Load("append", common: "log");
    private static readonly LuaScript ReadScript = LuaScript.Load("read", common: "log");
    private static readonly LuaScript PositionsScript = LuaScript.Load("positions", common: "log");
    private static readonly LuaScript ForgetScript = LuaScript.Load("forget", common: "log");

    /// <summary>Whose messages are written.</summary>
    public string Node => settings.Node;

    /// <summary>The channel of a room.</summary>
    public Topic TopicOf(RoomName room) => keys.Room(room);

    /// <summary>Appends messages that are written for certain positions.</summary>
    public async ValueTask<AppendAnswer> AppendAsync(IReadOnlyList<OwnAppend> all, Position[] written, OnceCommit? once)
    {
        var keyList = KeysOf(all.Select(own => own.Append.Room), all.Count, once is null ? null : keys.Once(OnceDigest.Of(once.Key)));
        var pieces = once?.Answer([.. written.Select(position => position.Epoch)]) ?? [];
        var arguments = new List<Argument>(4 + (12 * all.Count) + pieces.Length)
        {
            all.Count, once?.Claim ?? "", (long)settings.OnceWindow.TotalMilliseconds, (long)settings.OnceWindow.TotalMilliseconds + OnceSlackMs,
        };
        for (var i = 0; i < all.Count; i++)
        {
            var (own, rules) = (all[i], all[i].Append.Rules);
            var room = own.Append.Room;
            arguments.Add(room.Utf8);
            arguments.Add(RoomBucket.Of(room));
            arguments.Add(keys.Room(room).Name);
            arguments.Add(written[i].Epoch);
            arguments.Add(written[i].Seq);
            arguments.Add(own.Envelope.SlotWidth);
            arguments.Add(rules.Size);
            arguments.Add(Ttl(rules));
            arguments.Add(rules.MaxBytes);
            arguments.Add(Keep(rules));
            arguments.Add(own.FrameLength);
            arguments.Add(codec.WriteBare(own.Envelope));
        }

        foreach (var piece in pieces)
        {
            arguments.Add(piece);
        }

        var reply = await link.RunAsync(AppendScript, keyList, [.. arguments]).ConfigureAwait(false);
        return reply[0].Text switch
        {
            "ok" => new AppendAnswer(AppendOutcome.Done, [.. written.Select((position, i) => position with { Seq = reply[i + 1].Number })]),
            "other" => new AppendAnswer(AppendOutcome.Other, Positions(reply.List[1..])),
            _ => new AppendAnswer(AppendOutcome.ClaimLost, []),
        };
    }

    /// <summary>A part of a room's history.</summary>
    /// <param name="room">The room.</param>
    /// <param name="rules">What it keeps.</param>
    /// <param name="since">See <see cref="IHistoryStore.ReadAsync"/>, as the others.</param>
    /// <param name="known">The newest position heard of: if Redis is behind it, it has lost messages, and a new epoch begins.</param>
    /// <param name="maxMessages">At most.</param>
    /// <param name="maxBytes">At most.</param>
    public async ValueTask<StoredPage> ReadAsync(RoomName room, HistoryRules rules, Position? since, Position? known, int maxMessages, int maxBytes)
    {
        var reply = await link.RunAsync(
            ReadScript,
            KeysOf([room], 1),
            [
                room.Utf8, RoomBucket.Of(room), known?.Epoch ?? "", known?.Seq ?? 0, since?.Epoch ?? "", since is { } asked ? (Argument)asked.Seq : (Argument)"",
                maxMessages, maxBytes, rules.Size, Ttl(rules), rules.MaxBytes,
            ]).ConfigureAwait(false);
        var (epoch, from) = (reply[1].Text, reply[3].Number);
        var messages = new List<StoredMessage>((reply.List.Length - 4) / 2);
        var to = from - 1;
        for (var i = 4; i < reply.List.Length; i += 2)
        {
            to = reply[i].Number;
            if (codec.TryReadBare(reply[i + 1].Bytes, out var envelope) && envelope.Kind == BusKind.Numbered && envelope.Epoch == epoch
                && envelope.Target.Span.SequenceEqual(room.Utf8.Span) && StoredMessage.Fits(to, envelope))
            {
                messages.Add(new StoredMessage(to, envelope));
            }
            else
            {
                metrics.Refused();
            }
        }

        var last = reply[2].Number;
        return to < from && from <= last
            ? new StoredPage(IsWhole: false, epoch, last, last + 1, last, []) // somebody took the messages away
            : new StoredPage(reply[0].Number == 1, epoch, last, from, to, messages);
    }

    /// <summary>The positions of rooms, which stay therefore if they have a log; <see cref="MostPositions"/> at most.</summary>
    public async ValueTask<Position[]> PositionsAsync(IReadOnlyList<(RoomName Room, HistoryRules Rules, Position? Known)> rooms)
    {
        var arguments = new List<Argument>(5 * rooms.Count);
        foreach (var (room, rules, known) in rooms)
        {
            arguments.AddRange([room.Utf8, RoomBucket.Of(room), known?.Epoch ?? "", known?.Seq ?? 0, Keep(rules)]);
        }

        return Positions((await link.RunAsync(PositionsScript, KeysOf(rooms.Select(one => one.Room), rooms.Count), [.. arguments]).ConfigureAwait(false)).List);
    }

    /// <summary>Forgets rooms that are due.</summary>
    /// <param name="due">Which may be.</param>
    /// <returns>Which may be next.</returns>
    public async ValueTask<RoomName[]> ForgetAsync(IReadOnlyList<RoomName> due)
    {
        var arguments = new List<Argument>(1 + (2 * due.Count)) { MostForgotten };
        foreach (var room in due)
        {
            arguments.AddRange([room.Utf8, RoomBucket.Of(room)]);
        }

        var reply = await link.RunAsync(ForgetScript, KeysOf(due, due.Count), [.. arguments]).ConfigureAwait(false);
        return [.. reply.List.Select(name => RoomName.TryParse(name.Bytes, out var room, out _) ? room : null).OfType<RoomName>()];
    }

    private static long Ttl(HistoryRules rules) => (long)rules.Ttl.TotalMilliseconds;

    private static long Keep(HistoryRules rules) => Math.Max(Ttl(rules), LeastKeepMs);

    private static Position[] Positions(ReadOnlySpan<Reply> pairs)
    {
        var positions = new Position[pairs.Length / 2];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = new Position(pairs[2 * i].Text, pairs[(2 * i) + 1].Number);
        }

        return positions;
    }

    private byte[][] KeysOf(IEnumerable<RoomName> rooms, int count, byte[]? once = null)
    {
        var all = new List<byte[]>(3 + (2 * count)) { keys.Logs, keys.Generations };
        foreach (var room in rooms)
        {
            all.Add(keys.Log(room));
            all.Add(keys.Stream(room));
        }

        if (once is not null)
        {
            all.Add(once);
        }

        return [.. all];
    }
}
