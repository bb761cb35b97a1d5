using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsCore.Backplane;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Redis.Bus;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.History;

/// <summary>The histories of several nodes, in one Redis.</summary>
/// <remarks>
/// Thread-safe. Redis gives the numbers, keeps and publishes in one script; each room that this node has members in has a <see cref="RoomStream"/>, which brings what arrives into its
/// order under a gate of its own. Nothing is kept here of other rooms but the positions last heard of. Repairs, checks and what is forgotten: the other part.
/// </remarks>
internal sealed partial class RedisHistoryStore : IHistoryStore
{
    private const int MostTries = 5;
    private const int MostKnown = 10_000;

    /// <summary>How long an append waits for those before it to be delivered here, once it has its number: some tries to repair.</summary>
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<RoomName, RoomStream> _streams = new(RoomNameComparer.Instance);
    private readonly ConcurrentDictionary<RoomName, RoomStream>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly KnownPositions _known = new(MostKnown);
    private readonly IRedisLink _link;
    private readonly HistoryScripts _scripts;
    private readonly HistoryMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisHistoryStore> _logger;

    /// <param name="link">Redis; not started yet.</param>
    /// <param name="scripts">What Redis does for histories, over the same link.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">For what is done from time to time; messages grow old by Redis' clock.</param>
    /// <param name="logger">Is told of faults.</param>
    public RedisHistoryStore(IRedisLink link, HistoryScripts scripts, HistoryMetrics metrics, TimeProvider time, ILogger<RedisHistoryStore> logger)
    {
        _byBytes = _streams.GetAlternateLookup<ReadOnlySpan<byte>>();
        (_link, _scripts, _metrics, _time, _logger) = (link, scripts, metrics, time, logger);
        _patience = time.CreateTimer(static store => ((RedisHistoryStore)store!).LookAgain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        link.On(BusKind.Numbered, ReceiveAsync);
        link.OnRestored(Restored);
    }

    /// <inheritdoc/>
    public async ValueTask<Position> AttachAsync(RoomName room, HistoryRules rules, IHistorySink sink)
    {
        while (true)
        {
            var stream = _streams.GetOrAdd(room, static (room, state) => state.store.Make(room, state.rules), (store: this, rules));
            if (stream.TryAttach(rules, sink, out var position))
            {
                return position;
            }

            if (stream.IsClosed)
            {
                _streams.TryRemove(new(room, stream));
            }
            else
            {
                await stream.Opened.Value.ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Detach(RoomName room, IHistorySink sink)
    {
        if (_streams.TryGetValue(room, out var stream) && stream.Detach(sink))
        {
            Remove(stream);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Position> AppendAsync(RoomName room, HistoryRules rules, Draft draft) =>
        (await AppendAllAsync([new Append(room, rules, draft)], once: null).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public async ValueTask<Position[]> AppendAllAsync(IReadOnlyList<Append> all, OnceCommit? once)
    {
        var written = await WrittenForAsync(all).ConfigureAwait(false);
        for (var tries = 1; ; tries++)
        {
            var own = Prepare(all, written);
            AppendAnswer answer;
            try
            {
                answer = await _scripts.AppendAsync(own, written, once).ConfigureAwait(false);
            }
            catch
            {
                if (WithdrawAll(own) is { } delivered) // the answer was lost, but the messages came around
                {
                    Done(once);
                    return delivered;
                }

                throw;
            }

            if (answer.Outcome == AppendOutcome.Done)
            {
                Done(once);
                await DeliverAsync(own, answer.Positions).ConfigureAwait(false);
                return answer.Positions;
            }

            WithdrawAll(own);
            if (answer.Outcome == AppendOutcome.ClaimLost)
            {
                throw new UnavailableException("The request was taken over by another node; ask again for its answer.");
            }

            if (tries == MostTries)
            {
                throw new UnavailableException("The room's history began anew again and again.");
            }

            written = answer.Positions;
            Learn(all, written);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<HistoryPage> ReadAsync(RoomName room, HistoryRules rules, Position? since, int maxMessages, int maxBytes)
    {
        for (var tries = 1; ; tries++)
        {
            var stream = _streams.GetValueOrDefault(room);
            var page = await _scripts.ReadAsync(room, rules, since, stream?.Known ?? _known.Find(room), maxMessages, maxBytes).ConfigureAwait(false);
            _known.Set(room, new Position(page.Epoch, page.Last));
            if (stream is null || tries == MostTries || stream.Delivered is not { } delivered || delivered.Epoch == page.Epoch)
            {
                if (stream is not null)
                {
                    Act(stream, stream.Hear(new Position(page.Epoch, page.Last)));
                }

                return ToPage(page, since is not null);
            }

            await RepairOnceAsync(stream).ConfigureAwait(false); // so that the sink knows the epoch before whoever reads does
        }
    }

    // What is not a node's leaves a gap: the page ends before it, or is not whole where it begins with one.
    private static HistoryPage ToPage(in StoredPage page, bool hasSince)
    {
        var messages = page.Messages;
        var from = messages.Count > 0 ? messages[0].Seq : page.To + 1;
        var count = 0;
        while (count < messages.Count && messages[count].Seq == from + count)
        {
            count++;
        }

        var frames = new Delivery.Frame[count];
        for (var i = 0; i < count; i++)
        {
            frames[i] = messages[i].ToFrame();
        }

        return new HistoryPage(page.IsWhole && (from == page.From || !hasSince), page.Epoch, from, from + count - 1, page.Last, frames);
    }

    private static void Done(OnceCommit? once)
    {
        if (once is not null)
        {
            once.IsDone = true;
        }
    }

    private RoomStream Make(RoomName room, HistoryRules rules)
    {
        RoomStream? made = null;
        made = new RoomStream(room, _scripts.TopicOf(room), rules, _metrics) { Opened = new Lazy<Task>(() => OpenAsync(made!)), QuietSince = Recently() };
        return made;
    }

    // First the subscription, then the position: what comes between is in both, and waits until it is known which.
    private async Task OpenAsync(RoomStream stream)
    {
        try
        {
            await _link.OpenAsync(stream.Topic).ConfigureAwait(false);
            var positions = await _scripts.PositionsAsync([(stream.Room, stream.Rules, _known.Find(stream.Room))]).ConfigureAwait(false);
            Act(stream, stream.Open(positions[0]));
        }
        catch
        {
            stream.Close();
            Remove(stream);
            throw;
        }
    }

    private void Remove(RoomStream stream)
    {
        if (stream.Known is { } position)
        {
            _known.Set(stream.Room, position);
        }

        _streams.TryRemove(new(stream.Room, stream));
        _link.Close(stream.Topic);
    }

    private ValueTask ReceiveAsync(Topic topic, BusEnvelope envelope)
    {
        if (envelope.Preamble.Length != sizeof(long) || !_byBytes.TryGetValue(envelope.Target.Span, out var stream) || !stream.Topic.Equals(topic))
        {
            return default;
        }

        var message = new StoredMessage(BinaryPrimitives.ReadInt64BigEndian(envelope.Preamble.Span), envelope);
        if (!StoredMessage.Fits(message.Seq, envelope))
        {
            return default;
        }

        stream.QuietSince = _time.GetTimestamp();
        Act(stream, stream.Receive(envelope.Epoch, message));
        return stream.WaitForRoomAsync();
    }

    // The positions that messages are written for: those that are known, and of the other rooms those that Redis tells.
    private async ValueTask<Position[]> WrittenForAsync(IReadOnlyList<Append> all)
    {
        var written = new Position[all.Count];
        List<int>? unknown = null;
        for (var i = 0; i < written.Length; i++)
        {
            if ((_streams.GetValueOrDefault(all[i].Room)?.Known ?? _known.Find(all[i].Room)) is { } position)
            {
                written[i] = position;
            }
            else
            {
                (unknown ??= []).Add(i);
            }
        }

        if (unknown is not null)
        {
            var positions = await _scripts.PositionsAsync([.. unknown.Select(i => (all[i].Room, all[i].Rules, (Position?)null))]).ConfigureAwait(false);
            for (var i = 0; i < positions.Length; i++)
            {
                written[unknown[i]] = positions[i];
            }
        }

        return written;
    }

    private void Learn(IReadOnlyList<Append> all, Position[] positions)
    {
        for (var i = 0; i < positions.Length; i++)
        {
            if (_streams.TryGetValue(all[i].Room, out var stream))
            {
                Act(stream, stream.Hear(positions[i]));
            }
            else
            {
                _known.Set(all[i].Room, positions[i]);
            }
        }
    }

    // All are written before any is in a stream: one that cannot be written changes nothing.
    private OwnAppend[] Prepare(IReadOnlyList<Append> all, Position[] written)
    {
        var own = new OwnAppend[all.Count];
        for (var i = 0; i < own.Length; i++)
        {
            var draft = all[i].Draft;
            draft.IsHandedOver = true;
            var (frame, slot) = draft.Outline(written[i].Epoch, Delivery.NumberSlot.WidthFor(written[i].Seq));
            own[i] = new OwnAppend(all[i], new BusEnvelope
            {
                Kind = BusKind.Numbered,
                Flags = (frame.IsBinary ? BusFlags.Binary : 0) | (frame.Reliable is null ? 0 : BusFlags.Reliable),
                Node = _scripts.Node,
                Target = all[i].Room.Utf8,
                Id = frame.Reliable?.Id ?? Reliability.ReliableId.Next(),
                Epoch = written[i].Epoch,
                SlotOffset = slot.Offset - frame.HeaderLength,
                SlotWidth = slot.Width,
                Payload = frame.Message,
            }, frame.Length);
        }

        foreach (var one in own)
        {
            one.Stream = _streams.TryGetValue(one.Append.Room, out var stream) && stream.TryAdd(one) ? stream : null;
        }

        return own;
    }

    // The answer has come: each message goes to its place, and whoever appends waits until all before it are there.
    private async ValueTask DeliverAsync(OwnAppend[] all, Position[] positions)
    {
        for (var i = 0; i < all.Length; i++)
        {
            var own = all[i];
            if (own.Stream is null && _streams.TryGetValue(own.Append.Room, out var stream)) // somebody may have come meanwhile
            {
                own.IsLate = true;
                own.Stream = stream.TryAdd(own) ? stream : null;
            }

            if (own.Stream is { } there)
            {
                Act(there, there.Answer(own, positions[i]));
            }
            else
            {
                _known.Set(own.Append.Room, positions[i]);
            }
        }

        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].Stream is { } stream)
            {
                await SettleAsync(all, stream, all[i]).ConfigureAwait(false);
            }

            if (all[i].Stream is null || all[i].State == OwnState.Passed)
            {
                all[i].Append.Draft.Number(positions[i].Epoch, positions[i].Seq); // nobody else does
            }
        }
    }

    private async ValueTask SettleAsync(OwnAppend[] all, RoomStream stream, OwnAppend own)
    {
        try
        {
            await stream.WhenSettled(own).WaitAsync(DeliveryTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            WithdrawAll(all);
            throw new UnavailableException("The message was kept, but those before it did not arrive in time.", exception);
        }

        if (own.State == OwnState.Lost)
        {
            WithdrawAll(all);
            throw new UnavailableException("The message was kept, but messages of its room were lost before its place was reached, and it may be too.");
        }

        if (own.Failure is { } failure)
        {
            WithdrawAll(all);
            throw new InvalidOperationException("A message could not be given its number.", failure);
        }
    }

    // The positions, where every one of them was delivered nevertheless.
    private static Position[]? WithdrawAll(OwnAppend[] all)
    {
        var delivered = true;
        foreach (var own in all)
        {
            delivered &= own.Stream?.Withdraw(own) == OwnState.Delivered;
        }

        return delivered ? [.. all.Select(own => own.Position!.Value)] : null;
    }
}
