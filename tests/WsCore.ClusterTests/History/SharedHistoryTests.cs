using System.Text;
using WsCore.Backplane;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Redis.Once;
using WsCore.Reliability;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.History;

/// <summary>Two nodes with one Redis: one order, whatever gets lost on the way.</summary>
public sealed class SharedHistoryTests(RedisFixture redis) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly HistoryRules Rules = new(Size: 10_000, TimeSpan.FromMinutes(10), MaxBytes: 1 << 24);
    private static readonly RoomName Room = RoomName.Create("chat:1"u8);
    private static readonly RoomName Other = RoomName.Create("chat:2"u8);

    private readonly string _prefix = redis.NextPrefix();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingSink _first = new();
    private readonly RecordingSink _second = new();
    private HistoryNode _one = null!;
    private HistoryNode _two = null!;
    private ScriptedLink _link = null!; // of the second

    public async Task InitializeAsync()
    {
        _one = await HistoryNode.StartAsync(redis.Server.ConnectionString, _prefix);
        _two = await HistoryNode.StartAsync(redis.Server.ConnectionString, _prefix, "n2", link => _link = new ScriptedLink(link), _time);
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Publishers_on_both_nodes_make_one_order_on_both()
    {
        await AttachAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => AppendAsync(n % 2 == 0 ? _one : _two, 250)))).WithTimeout();
        await Eventually.Equal(2000, () => _first.Numbers.Length);
        await Eventually.Equal(2000, () => _second.Numbers.Length);

        Assert.Equal(Numbers(1, 2000), _first.Numbers);
        Assert.Equal(Numbers(1, 2000), _second.Numbers);
        Assert.Equal(_first.Deliveries.Select(Text), _second.Deliveries.Select(Text));
        Assert.Equal(1000, _first.Deliveries.Count(delivery => delivery.Draft is not null));
        Assert.Equal(1000, _second.Deliveries.Count(delivery => delivery.Draft is not null));
        Assert.Equal(0, _first.TimesOvertaken + _second.TimesOvertaken);
    }

    [Fact]
    public async Task What_was_appended_at_one_node_is_read_at_the_other_as_it_was_sent()
    {
        await AppendAsync(_one, 5);
        var drafts = new List<TestDraft>();
        for (var i = 0; i < 3; i++)
        {
            drafts.Add(new TestDraft($"é{i}"));
            await _one.Store.AppendAsync(Room, Rules, drafts[^1]).WithTimeout();
        }

        var page = await _two.Store.ReadAsync(Room, Rules, new Position(drafts[0].Given.Epoch, 5), 100, int.MaxValue).WithTimeout();

        Assert.True(page.IsWhole);
        Assert.Equal(drafts.Select(draft => draft.Frame!.Wire), page.Frames.Select(frame => frame.Wire));
    }

    [Fact]
    public async Task A_repair_of_many_messages_waits_for_the_lanes_between_its_pages()
    {
        await AttachAsync();
        _link.Loses = static _ => true;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AppendAsync(_one, 250))).WithTimeout();

        _second.Full = new TaskCompletionSource();
        await _two.Store.CheckAllAsync().WithTimeout();
        await Eventually.Equal(1, () => _second.TimesFull);
        Assert.Equal(1000, _second.Numbers.Length);
        _second.Full.SetResult();

        await Eventually.Equal(2500, () => _second.Numbers.Length);
        Assert.Equal(Numbers(1, 2500), _second.Numbers);
    }

    [Fact]
    public async Task Messages_that_are_lost_on_the_channel_are_read_from_the_history()
    {
        await AttachAsync();
        var arrived = 0;
        _link.Loses = _ => Interlocked.Increment(ref arrived) % 3 != 0;

        await AppendAsync(_one, 300);

        await Eventually.Equal(300, () => _second.Numbers.Length);
        Assert.Equal(Numbers(1, 300), _second.Numbers);
        Assert.Equal(0, _second.TimesOvertaken);
    }

    [Fact]
    public async Task Own_messages_whose_echoes_are_lost_are_delivered_by_their_answers()
    {
        await AttachAsync();
        _link.Loses = static _ => true;

        var positions = await AppendAsync(_two, 50);

        Assert.Equal(Numbers(1, 50), positions.Select(position => position.Seq));
        Assert.Equal(Numbers(1, 50), _second.Numbers);
    }

    [Fact]
    public async Task An_own_message_behind_a_lost_one_waits_for_the_repair()
    {
        await AttachAsync();
        _link.Loses = static _ => true;
        await AppendAsync(_one, 2);

        var appending = AppendAsync(_two, 1);
        await Eventually.Is(() => _link.Run.Contains("append"), "it is being appended");
        await Eventually.Is(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return appending.IsCompleted;
            },
            "it came to its place");

        Assert.Equal(3, (await appending)[0].Seq);
        Assert.Equal(Numbers(1, 3), _second.Numbers);
        Assert.NotNull(_second.Deliveries[2].Draft);
    }

    [Fact]
    public async Task The_last_lost_message_is_found_when_the_room_has_been_quiet()
    {
        await AttachAsync();
        _link.Loses = static _ => true;
        await AppendAsync(_one, 1);

        await Eventually.Is(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                _two.Store.Tick();
                return _second.Numbers.Length == 1;
            },
            "it is found");
        Assert.Contains("positions", _link.Run);
    }

    [Fact]
    public async Task After_an_outage_every_room_is_looked_at()
    {
        var rooms = Enumerable.Range(0, 1000).Select(n => RoomName.Create(Encoding.UTF8.GetBytes($"chat:{n}"))).ToArray();
        var sinks = rooms.Select(_ => new RecordingSink()).ToArray();
        await Parallel.ForAsync(0, rooms.Length, async (i, _) => await _two.Store.AttachAsync(rooms[i], Rules, sinks[i]));
        _link.Loses = static _ => true;
        await Parallel.ForAsync(0, rooms.Length, async (i, _) => await _one.Store.AppendAsync(rooms[i], Rules, new TestDraft()));
        var before = _link.Run.Count(name => name == "positions");

        _link.Restored();

        await Eventually.Is(() => sinks.All(sink => sink.Numbers.Length == 1), "all have got theirs");
        Assert.Equal(4, _link.Run.Count(name => name == "positions") - before);
    }

    [Fact]
    public async Task An_append_whose_answer_is_lost_succeeds_where_its_message_came_around()
    {
        await AttachAsync();
        var answers = 0;
        _link.LosesAnswer = script => script.Name == "append" && Interlocked.Increment(ref answers) == 1;
        var draft = new TestDraft();

        try
        {
            await _two.Store.AppendAsync(Room, Rules, draft).WithTimeout();
            Assert.NotNull(Assert.Single(_second.Deliveries).Draft);
        }
        catch (UnavailableException)
        {
            await Eventually.Equal(1, () => _second.Numbers.Length);
            Assert.Null(_second.Deliveries[0].Draft);
            Assert.Equal(0, draft.Numbered);
        }
    }

    [Fact]
    public async Task A_draft_that_was_given_up_is_not_touched_when_its_message_comes()
    {
        await AttachAsync();
        _link.LosesAnswer = script => script.Name == "append";
        _link.Loses = static _ => true;
        var draft = new TestDraft();

        await Assert.ThrowsAsync<UnavailableException>(() => _two.Store.AppendAsync(Room, Rules, draft).WithTimeout());
        _link.Loses = static _ => false;
        await AppendAsync(_one, 1);

        await Eventually.Equal(2, () => _second.Numbers.Length);
        Assert.All(_second.Deliveries, delivery => Assert.Null(delivery.Draft));
        Assert.Equal(0, draft.Numbered);
    }

    [Fact]
    public async Task Several_rooms_get_their_messages_or_none_does()
    {
        await AttachAsync();
        await AppendAsync(_one, 3);
        var (a, b) = (new TestDraft("a"), new TestDraft("b"));

        var positions = await Store(_two).AppendAllAsync([new Append(Room, Rules, a), new Append(Other, Rules, b)], null).WithTimeout();

        Assert.Equal([4, 1], positions.Select(position => position.Seq));
        Assert.Same(a, _second.Deliveries[3].Draft);
        Assert.Equal((positions[1].Epoch, 1L), b.Given);

        await Assert.ThrowsAsync<InvalidDataException>(() =>
            Store(_two).AppendAllAsync([new Append(Room, Rules, new TestDraft()), new Append(Other, Rules, new TestDraft { Failure = new InvalidDataException() })], null).WithTimeout());
        var once = new TestCommit("nobody has it");
        await Assert.ThrowsAsync<UnavailableException>(() =>
            Store(_two).AppendAllAsync([new Append(Room, Rules, new TestDraft()), new Append(Other, Rules, new TestDraft())], once).WithTimeout());
        Assert.False(once.IsDone);
        Assert.Equal(5, (await AppendAsync(_one, 1))[0].Seq);
        Assert.Equal(2, (await Store(_one).AppendAsync(Other, Rules, new TestDraft()).WithTimeout()).Seq);
    }

    [Fact]
    public async Task Once_is_done_in_the_same_moment_with_the_numbers_in_its_answer()
    {
        await AppendAsync(_one, 41);
        var once = new TestCommit("token");
        await ClaimAsync(once, "token");

        await Store(_one).AppendAllAsync([new Append(Room, Rules, new TestDraft()), new Append(Other, Rules, new TestDraft())], once).WithTimeout();

        Assert.True(once.IsDone);
        Assert.Equal("done <42|1>", await OnceAsync(once));
    }

    [Fact]
    public async Task Once_whose_claim_is_anothers_takes_no_effect()
    {
        var once = new TestCommit("mine");
        await ClaimAsync(once, "another's");

        await Assert.ThrowsAsync<UnavailableException>(() => Store(_one).AppendAllAsync([new Append(Room, Rules, new TestDraft())], once).WithTimeout());

        Assert.Equal("claimed -", await OnceAsync(once));
        Assert.Equal(1, (await AppendAsync(_one, 1))[0].Seq);
    }

    private static IHistoryStore Store(HistoryNode node) => node.Store;

    private static IEnumerable<long> Numbers(int from, int to) => Enumerable.Range(from, to - from + 1).Select(n => (long)n);

    private static string Text((string Epoch, long Seq, WsCore.Delivery.Frame Frame, Draft? Draft) delivery) => Encoding.UTF8.GetString(delivery.Frame.Message.Span);

    private static async Task<Position[]> AppendAsync(HistoryNode node, int count)
    {
        var positions = new Position[count];
        for (var i = 0; i < count; i++)
        {
            positions[i] = await node.Store.AppendAsync(Room, Rules, new TestDraft($"{i}")).WithTimeout();
        }

        return positions;
    }

    private async Task AttachAsync()
    {
        await _one.Store.AttachAsync(Room, Rules, _first).WithTimeout();
        await _two.Store.AttachAsync(Room, Rules, _second).WithTimeout();
    }

    private async Task ClaimAsync(TestCommit once, string token) =>
        await _one.Link.RunAsync(LuaScript.From("claim-test", "return redis.call('HSET', KEYS[1], 'token', ARGV[1], 'state', 'claimed')"), [KeyOf(once)], token);

    private async Task<string> OnceAsync(TestCommit once)
    {
        var script = LuaScript.From("once-test", "return redis.call('HGET', KEYS[1], 'state') .. ' ' .. (redis.call('HGET', KEYS[1], 'answer') or '-')");
        return (await _one.Link.RunAsync(script, [KeyOf(once)])).Text;
    }

    private byte[] KeyOf(TestCommit once) => new RedisKeys(_prefix).Once(OnceDigest.Of(once.Key));

    private sealed class TestCommit(string claim) : OnceCommit(new OnceKey("ada", "0123456789abcdef"), claim)
    {
        public override ReadOnlyMemory<byte>[] Answer(IReadOnlyList<string> epochs) =>
            epochs.Count == 1 ? ["<"u8.ToArray(), ">"u8.ToArray()] : ["<"u8.ToArray(), "|"u8.ToArray(), ">"u8.ToArray()];
    }
}
