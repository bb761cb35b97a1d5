using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;
using WsCore.TestKit.Time;
using Xunit;

namespace WsCore.TestKit.History;

/// <summary>What every <see cref="IHistoryStore"/> must do. A test project derives a class from it, which gives it a store that nobody used before.</summary>
public abstract class HistoryStoreSpecification
{
    private static readonly RoomName Room = RoomName.Create("chat:1"u8);
    private static readonly RoomName Other = RoomName.Create("chat:2"u8);
    private static readonly HistoryRules Rules = new(Size: 10, TimeSpan.FromMinutes(10), MaxBytes: 1 << 20);

    private protected abstract IHistoryStore Store { get; }

    /// <summary>For the store so much time passes.</summary>
    private protected abstract ValueTask PassAsync(TimeSpan time);

    /// <summary>The store forgets a room that nobody is attached to, as it does where nothing has happened in it for the time of its rules.</summary>
    private protected abstract ValueTask ForgetAsync(RoomName room, HistoryRules rules);

    [Fact]
    public async Task Append_NumbersAreDenseFromOneInOneEpoch()
    {
        var positions = await AppendAsync(Room, 5);

        Assert.Equal([1, 2, 3, 4, 5], positions.Select(position => position.Seq));
        var epoch = Assert.Single(positions.Select(position => position.Epoch).Distinct());
        Assert.Matches("^[A-Za-z0-9_.-]{1,64}$", epoch);
    }

    [Fact]
    public async Task Append_TellsTheDraftItsPositionOnce()
    {
        var draft = new TestDraft();

        var position = await Store.AppendAsync(Room, Rules, draft).WithTimeout();

        Assert.Equal(1, draft.Numbered);
        Assert.Equal((position.Epoch, position.Seq), draft.Given);
    }

    [Fact]
    public async Task Append_DraftThatCannotBeNumbered_ChangesNothing()
    {
        var sink = new RecordingSink();
        await Store.AttachAsync(Room, Rules, sink).WithTimeout();
        await AppendAsync(Room, 1);

        await Assert.ThrowsAsync<InvalidDataException>(() => Store.AppendAsync(Room, Rules, new TestDraft { Failure = new InvalidDataException() }).WithTimeout());

        var next = await Store.AppendAsync(Room, Rules, new TestDraft()).WithTimeout();
        Assert.Equal(2, next.Seq);
        Assert.Equal([1, 2], sink.Numbers);
        Assert.Equal(2, (await ReadAsync(Room)).Frames.Length);
    }

    [Fact]
    public async Task Append_RoomsCountEachForItself()
    {
        await AppendAsync(Room, 3);

        var other = await AppendAsync(Other, 1);

        Assert.Equal(1, other[0].Seq);
        Assert.Equal((1, 1), await RangeAsync(Other));
        Assert.Equal((1, 3), await RangeAsync(Room));
    }

    [Fact]
    public async Task Append_FromManyThreads_SinkGetsEachOnceInOrder()
    {
        const int Threads = 4;
        const int Each = 200;
        var sink = new RecordingSink();
        await Store.AttachAsync(Room, Rules, sink).WithTimeout();

        var appended = await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() => AppendAsync(Room, Each)))).WithTimeout();

        Assert.Equal(Enumerable.Range(1, Threads * Each).Select(seq => (long)seq), sink.Numbers);
        Assert.Equal(sink.Numbers, appended.SelectMany(positions => positions.Select(position => position.Seq)).Order());
        Assert.All(appended, positions => Assert.Equal(positions.Select(position => position.Seq).Order(), positions.Select(position => position.Seq)));
    }

    [Fact]
    public async Task Attach_PositionIsTheOneBeforeTheFirstDelivery()
    {
        await AppendAsync(Room, 3);
        var sink = new RecordingSink();

        var position = await Store.AttachAsync(Room, Rules, sink).WithTimeout();
        await AppendAsync(Room, 2);

        Assert.Equal(3, position.Seq);
        Assert.Equal([(position.Epoch, 4L), (position.Epoch, 5L)], sink.Deliveries.Select(delivery => (delivery.Epoch, delivery.Seq)));
    }

    [Fact]
    public async Task Append_SinkGetsFrameAndDraftBeforeItCompletes()
    {
        var sink = new RecordingSink();
        await Store.AttachAsync(Room, Rules, sink).WithTimeout();
        var draft = new TestDraft();

        await Store.AppendAsync(Room, Rules, draft).WithTimeout();

        var delivery = Assert.Single(sink.Deliveries);
        Assert.Same(draft, delivery.Draft);
        Assert.Equal(draft.Frame!.Wire, delivery.Frame.Wire);
    }

    [Fact]
    public async Task Attach_Twice_DeliversOnce()
    {
        var sink = new RecordingSink();
        await Store.AttachAsync(Room, Rules, sink).WithTimeout();
        await Store.AttachAsync(Room, Rules, sink).WithTimeout();

        await AppendAsync(Room, 1);

        Assert.Equal([1], sink.Numbers);
    }

    [Fact]
    public async Task Attach_AnotherSink_TakesThePlace()
    {
        var (first, second) = (new RecordingSink(), new RecordingSink());
        await Store.AttachAsync(Room, Rules, first).WithTimeout();
        await AppendAsync(Room, 1);
        await Store.AttachAsync(Room, Rules, second).WithTimeout();
        Store.Detach(Room, first); // comes late, and must not take the other's place away

        await AppendAsync(Room, 1);

        Assert.Equal([1], first.Numbers);
        Assert.Equal([2], second.Numbers);
    }

    [Fact]
    public async Task Detach_NothingMoreIsDelivered()
    {
        var sink = new RecordingSink();
        await Store.AttachAsync(Room, Rules, sink).WithTimeout();
        await AppendAsync(Room, 1);

        Store.Detach(Room, sink);
        await AppendAsync(Room, 1);

        Assert.Equal([1], sink.Numbers);
        Assert.Equal((1, 2), await RangeAsync(Room));
    }

    [Fact]
    public async Task Attach_WhileOthersPublish_HistoryAndDeliveriesMeetWithoutGap()
    {
        var rules = Rules with { Size = 10_000 };
        var publishing = Task.Run(() => AppendAsync(Room, 2_000, rules));
        for (var i = 0; i < 100; i++)
        {
            var sink = new RecordingSink();
            var position = await Store.AttachAsync(Room, rules, sink).WithTimeout();
            var page = await Store.ReadAsync(Room, rules, null, int.MaxValue, int.MaxValue).WithTimeout();

            Assert.True(page.To >= position.Seq);
            Store.Detach(Room, sink);
            Assert.Equal(Enumerable.Range(1, sink.Numbers.Length).Select(n => position.Seq + n), sink.Numbers);
        }

        await publishing.WithTimeout();
    }

    [Fact]
    public async Task Read_WithoutPosition_IsWholeFromTheOldestKept()
    {
        await AppendAsync(Room, 12);

        var page = await ReadAsync(Room);

        Assert.True(page.IsWhole);
        Assert.Equal((3, 12, 12), (page.From, page.To, page.Last));
        Assert.Equal(10, page.Frames.Length);
        Assert.False(page.HasMore);
    }

    [Fact]
    public async Task Read_After_GivesWhatCameLaterAsItWasNumbered()
    {
        var drafts = new List<TestDraft>();
        for (var i = 0; i < 5; i++)
        {
            drafts.Add(new TestDraft($"text {i}"));
            await Store.AppendAsync(Room, Rules, drafts[^1]).WithTimeout();
        }

        var page = await ReadAsync(Room, Since(drafts[0], 2));

        Assert.True(page.IsWhole);
        Assert.Equal((3, 5, 5), (page.From, page.To, page.Last));
        Assert.Equal(drafts.Skip(2).Select(draft => draft.Frame!.Wire), page.Frames.Select(frame => frame.Wire));
    }

    [Fact]
    public async Task Read_AfterTheNewest_IsWholeAndEmpty()
    {
        var last = (await AppendAsync(Room, 4))[^1];

        var page = await ReadAsync(Room, last);

        Assert.True(page.IsWhole);
        Assert.Empty(page.Frames);
        Assert.Equal((5, 4, 4), (page.From, page.To, page.Last));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)] // the last one that is gone
    [InlineData(12, true)]
    [InlineData(13, false)]
    [InlineData(long.MaxValue, false)]
    public async Task Read_After_IsWholeWhereNothingIsMissing(long seq, bool whole)
    {
        var epoch = (await AppendAsync(Room, 12))[0].Epoch;

        var page = await ReadAsync(Room, new Position(epoch, seq));

        Assert.Equal(whole, page.IsWhole);
        Assert.Equal(whole ? seq + 1 : 3, page.From);
        Assert.Equal((12, 12), (page.To, page.Last));
    }

    [Fact]
    public async Task Read_OfAnotherEpoch_IsNotWholeAndBeginsAtTheOldest()
    {
        var epoch = (await AppendAsync(Room, 3))[0].Epoch;

        var page = await ReadAsync(Room, new Position(epoch + "x", 2));

        Assert.False(page.IsWhole);
        Assert.Equal(epoch, page.Epoch);
        Assert.Equal((1, 3), (page.From, page.To));
    }

    [Fact]
    public async Task Read_InPages_GivesEachOnce()
    {
        await AppendAsync(Room, 10);
        var texts = (await ReadAsync(Room)).Frames.Select(frame => frame.Wire);
        var paged = new List<byte[]>();
        Position? since = null;
        HistoryPage page;
        do
        {
            page = await Store.ReadAsync(Room, Rules, since, 3, int.MaxValue).WithTimeout();
            Assert.InRange(page.Frames.Length, 1, 3);
            paged.AddRange(page.Frames.Select(frame => frame.Wire));
            since = new Position(page.Epoch, page.To);
        }
        while (page.HasMore);

        Assert.Equal(texts, paged);
    }

    [Theory]
    [InlineData(1, 1)] // the first is always there
    [InlineData(100, 1)]
    [InlineData(199, 1)]
    [InlineData(200, 2)]
    [InlineData(int.MaxValue, 5)]
    public async Task Read_TakesSoManyBytes(int maxBytes, int messages)
    {
        for (var i = 0; i < 5; i++)
        {
            await Store.AppendAsync(Room, Rules, new TestDraft(length: 100)).WithTimeout();
        }

        var page = await Store.ReadAsync(Room, Rules, null, int.MaxValue, maxBytes).WithTimeout();

        Assert.Equal(messages, page.Frames.Length);
        Assert.Equal((1, messages, 5), (page.From, page.To, page.Last));
    }

    [Fact]
    public async Task Read_RoomNobodyPublishedTo_HasAPosition()
    {
        var page = await ReadAsync(Room);
        var again = await ReadAsync(Room, new Position(page.Epoch, 0));

        Assert.True(page.IsWhole && again.IsWhole);
        Assert.Empty(page.Frames);
        Assert.Equal((1, 0, 0), (page.From, page.To, page.Last));
        Assert.Equal(page with { Frames = again.Frames }, again);
        Assert.False((await ReadAsync(Room, new Position(page.Epoch, 1))).IsWhole);
    }

    [Fact]
    public async Task Read_PositionFromBeforeTheFirstMessage_GivesItAll()
    {
        var sink = new RecordingSink();
        var before = await Store.AttachAsync(Room, Rules, sink).WithTimeout();
        Store.Detach(Room, sink);
        Assert.Equal(0, before.Seq);
        Assert.Equal(before.Epoch, (await ReadAsync(Room)).Epoch);
        await PassAsync(Rules.Ttl * 2);
        await AppendAsync(Room, 3);

        var page = await ReadAsync(Room, before);

        Assert.True(page.IsWhole);
        Assert.Equal((1, 3), (page.From, page.To));
    }

    [Fact]
    public async Task Append_BytesAreBounded()
    {
        var rules = Rules with { MaxBytes = 65_536 };
        for (var i = 0; i < 8; i++)
        {
            await Store.AppendAsync(Room, rules, new TestDraft(length: 20_000)).WithTimeout();
        }

        var page = await Store.ReadAsync(Room, rules, null, int.MaxValue, int.MaxValue).WithTimeout();

        Assert.Equal((6, 8), (page.From, page.To));
    }

    [Fact]
    public async Task Read_WhatIsTooOldIsGone()
    {
        await AppendAsync(Room, 2);
        await PassAsync(Rules.Ttl * 0.6);
        var third = (await AppendAsync(Room, 1))[0];
        await PassAsync(Rules.Ttl * 0.6);

        var page = await ReadAsync(Room);

        Assert.Equal((3, 3), (page.From, page.To));
        Assert.True((await ReadAsync(Room, third with { Seq = 2 })).IsWhole);
        Assert.False((await ReadAsync(Room, third with { Seq = 1 })).IsWhole);
    }

    [Fact]
    public async Task Read_AllIsTooOldButNothingIsMissing_IsWhole()
    {
        var sink = new RecordingSink();
        await Store.AttachAsync(Room, Rules, sink).WithTimeout(); // somebody is in the room: its counter stays
        var last = (await AppendAsync(Room, 3))[^1];
        await PassAsync(Rules.Ttl * 3);

        var page = await ReadAsync(Room, last);

        Assert.True(page.IsWhole);
        Assert.Empty(page.Frames);
        Assert.Equal((4, 3, 3), (page.From, page.To, page.Last));
        Assert.False((await ReadAsync(Room, last with { Seq = 2 })).IsWhole);
        Assert.Equal(last with { Seq = 4 }, (await AppendAsync(Room, 1))[0]);
    }

    [Fact]
    public async Task Forgotten_NextLifeHasAnotherEpochAndNoOldPositionIsWhole()
    {
        var old = await AppendAsync(Room, 3);
        await ForgetAsync(Room, Rules);

        var empty = await ReadAsync(Room, old[0]);
        var next = await AppendAsync(Room, 5);

        Assert.False(empty.IsWhole);
        Assert.Equal(1, next[0].Seq);
        Assert.NotEqual(old[0].Epoch, next[0].Epoch);
        Assert.All(old, position => Assert.NotEqual(position.Epoch, empty.Epoch));
        foreach (var position in old)
        {
            Assert.False((await ReadAsync(Room, position)).IsWhole);
        }
    }

    private static Position Since(TestDraft draft, long seq) => new(draft.Given.Epoch, seq);

    private async Task<Position[]> AppendAsync(RoomName room, int count, HistoryRules? rules = null)
    {
        var positions = new Position[count];
        for (var i = 0; i < count; i++)
        {
            positions[i] = await Store.AppendAsync(room, rules ?? Rules, new TestDraft($"{i}")).WithTimeout();
        }

        return positions;
    }

    private Task<HistoryPage> ReadAsync(RoomName room, Position? since = null) =>
        Store.ReadAsync(room, Rules, since, int.MaxValue, int.MaxValue).WithTimeout();

    private async Task<(long From, long To)> RangeAsync(RoomName room)
    {
        var page = await ReadAsync(room);
        return (page.From, page.To);
    }
}
