using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Redis.Bus;
using WsCore.Redis.History;
using WsCore.Redis.Link;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Randomness;

namespace WsCore.ClusterTests.History;

/// <summary>The order of one room's messages, whatever way and in whatever order they come.</summary>
public sealed class RoomStreamTests : IDisposable
{
    private const string Epoch = "e.0";

    private static readonly HistoryRules Rules = new(Size: 1000, TimeSpan.FromMinutes(10), MaxBytes: 1 << 20);
    private static readonly RoomName Room = RoomName.Create("chat:1"u8);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RecordingSink _sink = new();
    private readonly RoomStream _stream;

    public RoomStreamTests()
    {
        var metrics = new HistoryMetrics(_services.GetRequiredService<IMeterFactory>());
        _stream = new RoomStream(Room, new Topic("room"u8.ToArray()), Rules, metrics) { Opened = new Lazy<Task>(Task.CompletedTask) };
    }

    [Fact]
    public void Receive_InOrder_DeliversAtOnceWithTheNumberInIt()
    {
        Open(0);

        Assert.Equal(Need.Nothing, Receive(1));
        Assert.Equal(Need.Nothing, Receive(2));

        Assert.Equal([1, 2], _sink.Numbers);
        Assert.Equal("m  1", Encoding.UTF8.GetString(_sink.Deliveries[0].Frame.Message.Span));
        Assert.True(_sink.Deliveries[0].Frame.IsNumbered);
    }

    [Fact]
    public void Receive_OfAReliableMessage_HasItsId()
    {
        Open(0);

        _stream.Receive(Epoch, new StoredMessage(1, Envelope(17) with { Flags = BusFlags.Reliable | BusFlags.Binary }));

        var frame = _sink.Deliveries[0].Frame;
        Assert.Equal((UInt128)17, frame.Reliable!.Id);
        Assert.True(frame.IsBinary);
    }

    [Fact]
    public void Receive_WithAGap_AsksForRepairAndWaits()
    {
        Open(0);

        Assert.Equal(Need.Repair, Receive(3));
        Assert.Empty(_sink.Numbers);
        Assert.Equal(Need.Nothing, Apply(since: 0, 1, 2));

        Assert.Equal([1, 2, 3], _sink.Numbers);
    }

    [Fact]
    public void Receive_Again_DeliversOnce()
    {
        Open(0);
        Receive(1);
        Receive(2);
        Receive(1);
        Receive(2);

        Assert.Equal([1, 2], _sink.Numbers);
    }

    [Fact]
    public void Open_DropsWhatThePositionHasAndKeepsWhatCameAfterIt()
    {
        for (var seq = 3; seq <= 6; seq++)
        {
            Receive(seq);
        }

        _stream.Open(new Position(Epoch, 4));
        Assert.True(_stream.TryAttach(Rules, _sink, out var position));

        Assert.Equal(6, position.Seq);
        Assert.Equal(Need.Nothing, Receive(7));
        Assert.Equal([7], _sink.Numbers);
    }

    [Fact]
    public void Answer_BeforeOthersOnTheChannel_WaitsWithPatience()
    {
        Open(0);
        var own = Add(100);

        Assert.Equal(Need.Patience, _stream.Answer(own, new Position(Epoch, 2)));
        Assert.Equal(OwnState.Waiting, own.State);
        Receive(1);

        Assert.Equal(OwnState.Delivered, own.State);
        Assert.Same(own.Append.Draft, _sink.Deliveries[1].Draft);
        Assert.Equal(Need.Nothing, Receive(2, id: 100)); // the echo
        Assert.Equal([1, 2], _sink.Numbers);
    }

    [Fact]
    public void Answer_OfAPlaceFromBeforeAnybodyCame_IsNoLoss()
    {
        var (before, after) = (Add(100), Add(101));
        Open(5);

        _stream.Answer(before, new Position(Epoch, 5));
        _stream.Answer(after, new Position(Epoch, 6));

        Assert.Equal((OwnState.Passed, OwnState.Delivered), (before.State, after.State));
        Assert.Equal([6], _sink.Numbers);
    }

    [Fact]
    public void Echo_BeforeTheAnswer_DeliversTheDraft()
    {
        Open(0);
        var own = Add(100);

        Receive(1, id: 100);
        _stream.Answer(own, new Position(Epoch, 1));

        var delivery = Assert.Single(_sink.Deliveries);
        Assert.Same(own.Append.Draft, delivery.Draft);
        Assert.Equal(1, ((TestDraft)own.Append.Draft).Numbered);
    }

    [Fact]
    public void Withdraw_TheEchoIsDeliveredWithoutTheDraft()
    {
        Open(0);
        var own = Add(100);

        Assert.Equal(OwnState.Waiting, _stream.Withdraw(own));
        Receive(1, id: 100);

        Assert.Null(Assert.Single(_sink.Deliveries).Draft);
        Assert.Equal(0, ((TestDraft)own.Append.Draft).Numbered);
        Assert.Equal(OwnState.Withdrawn, own.State);
    }

    [Fact]
    public void Withdraw_AfterItsAnswer_TheMessageKeepsItsPlace()
    {
        Open(0);
        var own = Add(100);
        _stream.Answer(own, new Position(Epoch, 2));

        _stream.Withdraw(own);
        Receive(1);

        Assert.Equal([1, 2], _sink.Numbers);
        Assert.Null(_sink.Deliveries[1].Draft);
    }

    [Fact]
    public void Withdraw_AfterTheEcho_TellsThatItWasDelivered()
    {
        Open(0);
        var own = Add(100);
        Receive(1, id: 100);

        Assert.Equal(OwnState.Delivered, _stream.Withdraw(own));
    }

    [Fact]
    public void Apply_OfAPageThatIsNotWhole_TellsTheSinkAndGoesOn()
    {
        Open(2);
        Receive(9);

        _stream.Apply(new StoredPage(IsWhole: false, Epoch, Last: 9, From: 7, To: 8, [Message(7), Message(8)]), new Position(Epoch, 2));

        Assert.Equal([7, 8, 9], _sink.Numbers);
        Assert.Equal(1, _sink.TimesOvertaken);
    }

    [Fact]
    public void Apply_WhereAMessageIsNotANodes_TellsTheSinkAndGoesOn()
    {
        Open(0);

        Apply(since: 0, 1, 3);

        Assert.Equal([1, 3], _sink.Numbers);
        Assert.Equal(1, _sink.TimesOvertaken);
    }

    [Fact]
    public void AnotherEpoch_IsLookedUpBeforeItIsBelieved()
    {
        Open(5);
        var own = Add(100);
        _stream.Answer(own, new Position(Epoch, 8));

        Assert.Equal(Need.Repair, _stream.Receive("e.1", Message(1)));
        Assert.Empty(_sink.Begun);
        _stream.Apply(new StoredPage(IsWhole: false, "e.1", Last: 1, From: 1, To: 1, [Message(1)]), new Position(Epoch, 5));

        Assert.Equal(["e.1"], _sink.Begun);
        Assert.Equal([("e.1", 1L)], _sink.Deliveries.Select(delivery => (delivery.Epoch, delivery.Seq)));
        Assert.Equal(0, _sink.TimesOvertaken);
        Assert.Equal(OwnState.Lost, own.State); // its place is in a life that is over, after messages that nobody gets any more
    }

    [Fact]
    public void Apply_OfAPageThatLeavesOutWhatIsOwn_DoesNotTakeItForDelivered()
    {
        Open(5);
        var (own, late) = (Add(100), new OwnAppend(new Append(Room, Rules, new TestDraft()), Envelope(101), 10) { IsLate = true });
        _stream.Answer(own, new Position(Epoch, 8));
        _stream.Apply(new StoredPage(IsWhole: false, Epoch, Last: 20, From: 20, To: 20, [Message(20)]), new Position(Epoch, 5));
        Assert.True(_stream.TryAdd(late));
        _stream.Answer(late, new Position(Epoch, 4));

        Assert.Equal(OwnState.Delivered, own.State); // it was here already
        Assert.Equal([8, 20], _sink.Numbers);
        Assert.Equal(OwnState.Passed, late.State); // whoever is here came after it
    }

    [Fact]
    public void Apply_OfWhatWasAskedForInAnEpochThatIsOver_ChangesNothing()
    {
        Open(5);
        _stream.Apply(new StoredPage(IsWhole: false, "e.1", Last: 1, From: 1, To: 1, [Message(1)]), new Position(Epoch, 5));

        _stream.Apply(new StoredPage(IsWhole: true, Epoch, Last: 7, From: 6, To: 7, [Message(6), Message(7)]), new Position(Epoch, 5));

        Assert.Equal([1], _sink.Numbers);
    }

    [Fact]
    public void Open_WhereMessagesMayHaveBeenLostMeanwhile_IsRepaired()
    {
        _stream.Doubt();

        Assert.Equal(Need.Repair, _stream.Open(new Position(Epoch, 5)));
        Assert.Equal(Need.Nothing, Receive(6));
    }

    [Fact]
    public void Apply_OfAThirdEpochAfterAnotherHasBegun_AsksToReadAgain()
    {
        Open(5);
        _stream.Apply(new StoredPage(IsWhole: false, "e.1", Last: 1, From: 1, To: 1, [Message(1)]), new Position(Epoch, 5));

        var need = _stream.Apply(new StoredPage(IsWhole: false, "e.2", Last: 1, From: 1, To: 1, [Message(1)]), new Position(Epoch, 5));

        Assert.Equal(Need.Repair, need); // nobody can tell by looking which is the newer
        Assert.Equal(new Position("e.1", 1), _stream.Delivered);
    }

    [Fact]
    public void Hear_OfANewerNumber_IsPatient()
    {
        Open(5);

        Assert.Equal(Need.Nothing, _stream.Hear(new Position(Epoch, 5)));
        Assert.Equal(Need.Patience, _stream.Hear(new Position(Epoch, 6)));
        Assert.Equal(Need.Repair, _stream.Hear(new Position("e.1", 1)));
        Assert.Equal(new Position(Epoch, 6), _stream.Known);
    }

    [Fact]
    public void Close_NobodyWaitsAnyMore()
    {
        Open(0);
        var own = Add(100);

        Assert.True(_stream.Detach(_sink));
        Receive(1);

        Assert.Equal(OwnState.Passed, own.State);
        Assert.Empty(_sink.Numbers);
        Assert.False(_stream.TryAttach(Rules, _sink, out _));
        Assert.False(_stream.TryAdd(new OwnAppend(new Append(Room, Rules, new TestDraft()), Envelope(101), 10)));
    }

    [Fact]
    public void WhatIsFarAhead_IsBounded_AndReadAgain()
    {
        Open(0);
        for (var seq = 2; seq <= RoomStream.MaxAhead + 100; seq++)
        {
            Receive(seq);
        }

        Apply(since: 0, 1);
        Assert.Equal(RoomStream.MaxAhead + 1, _sink.Numbers.Length);
        Assert.True(_stream.IsBehind);
        Apply(since: RoomStream.MaxAhead + 1, [.. Enumerable.Range(RoomStream.MaxAhead + 2, 99)]);

        Assert.Equal(Enumerable.Range(1, RoomStream.MaxAhead + 100).Select(n => (long)n), _sink.Numbers);
        Assert.False(_stream.IsBehind);
    }

    [Fact]
    public void InAnyOrder_WithLossesAndRepetitions_EachIsDeliveredOnceInOrder()
    {
        var random = TestSeed.CreateRandom();
        for (var round = 0; round < 300; round++)
        {
            using var tests = new RoomStreamTests();
            tests.Run(random, round);
        }
    }

    public void Dispose() => _services.Dispose();

    private static BusEnvelope Envelope(UInt128 id) =>
        new() { Kind = BusKind.Numbered, Node = "n", Epoch = Epoch, Target = Room.Utf8, Id = id, Payload = "m   "u8.ToArray(), SlotOffset = 1, SlotWidth = 3 };

    private static StoredMessage Message(long seq, UInt128? id = null) => new(seq, Envelope(id ?? (UInt128)seq));

    // Redis has numbers 1 to count, a part of which are this node's own. What came by the channel and what was answered comes in any order, twice, or not at all; repairs read what there is.
    private void Run(Random random, int round)
    {
        var count = random.Next(1, 40);
        var openedAt = random.Next(0, Math.Min(3, count));
        var own = new Dictionary<long, OwnAppend>();
        var events = new List<Action>();
        Need need = Need.Nothing;
        for (var seq = 1L; seq <= count; seq++)
        {
            var number = seq;
            if (random.Next(3) == 0)
            {
                own[number] = Add((UInt128)number);
                events.Add(() => need |= _stream.Answer(own[number], new Position(Epoch, number)));
                if (random.Next(10) == 0)
                {
                    events.Add(() => _stream.Withdraw(own[number]));
                }
            }

            for (var times = random.Next(3); times > 0; times--)
            {
                events.Add(() => need |= Receive(number));
            }

            if (random.Next(5) == 0)
            {
                events.Add(() => need |= _stream.Hear(new Position(Epoch, number)));
            }
        }

        var shuffled = events.OrderBy(_ => random.Next()).ToList();
        shuffled.Insert(random.Next(shuffled.Count + 1), () => Open(openedAt));
        foreach (var step in shuffled)
        {
            step();
            if (need.HasFlag(Need.Repair) && random.Next(4) == 0)
            {
                need = Repair(random, count);
            }
        }

        _stream.Hear(new Position(Epoch, count));
        while (_stream.IsBehind)
        {
            Repair(random, count);
        }

        var context = $"seed {TestSeed.Value}, round {round}";
        var numbers = _sink.Numbers;
        Assert.True(numbers.SequenceEqual(Enumerable.Range(count - numbers.Length + 1, numbers.Length).Select(n => (long)n)), context);
        Assert.True(numbers.Length >= count - openedAt - shuffled.Count && _stream.Delivered == new Position(Epoch, count), context);
        Assert.True(_sink.TimesOvertaken == 0, context);
        foreach (var (seq, append) in own)
        {
            var isWith = _sink.Deliveries.Any(delivery => ReferenceEquals(delivery.Draft, append.Append.Draft));
            Assert.True(append.State != OwnState.Waiting, $"{context}, {seq}");
            Assert.True(isWith == (append.State == OwnState.Delivered) && ((TestDraft)append.Append.Draft).Numbered == (isWith ? 1 : 0), $"{context}, {seq}");
        }
    }

    private Need Repair(Random random, int count)
    {
        if (_stream.NextRepair() is not { } next)
        {
            return Need.Nothing;
        }

        var to = Math.Min(count, next.Since.Seq + random.Next(1, 10));
        var messages = Enumerable.Range(0, (int)(to - next.Since.Seq)).Select(i => Message(next.Since.Seq + 1 + i)).ToArray();
        return _stream.Apply(new StoredPage(true, Epoch, count, next.Since.Seq + 1, to, messages), next.Since);
    }

    private void Open(long last)
    {
        _stream.Open(new Position(Epoch, last));
        Assert.True(_stream.TryAttach(Rules, _sink, out _));
    }

    private OwnAppend Add(UInt128 id)
    {
        var own = new OwnAppend(new Append(Room, Rules, new TestDraft()), Envelope(id), 10);
        Assert.True(_stream.TryAdd(own));
        return own;
    }

    private Need Receive(long seq, UInt128? id = null) => _stream.Receive(Epoch, Message(seq, id));

    private Need Apply(long since, params int[] seqs) =>
        _stream.Apply(new StoredPage(true, Epoch, Math.Max(seqs[^1], _stream.Known!.Value.Seq), since + 1, seqs[^1], [.. seqs.Select(seq => Message(seq))]), new Position(Epoch, since));
}
