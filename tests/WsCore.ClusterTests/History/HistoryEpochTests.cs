using WsCore.Backplane;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.History;

/// <summary>What becomes of a room's numbers when Redis loses some of what it had, or all: they begin anew in another epoch, and everybody hears of it.</summary>
public sealed class HistoryEpochTests : IAsyncLifetime
{
    private static readonly HistoryRules Rules = new(Size: 100, TimeSpan.FromMinutes(10), MaxBytes: 1 << 20);
    private static readonly RoomName Room = RoomName.Create("chat:1"u8);

    private readonly RecordingSink _first = new();
    private readonly RecordingSink _second = new();
    private RedisServer _redis = null!;
    private HistoryNode _one = null!;
    private HistoryNode _two = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [RedisFact]
    public async Task Redis_restarts_without_its_data()
    {
        var old = await StartAsync();

        await _redis.RestartAsync();
        await UpAsync();

        await BeganAnewAsync(old);
    }

    [RedisFact]
    public async Task Redis_restarts_with_every_write_that_it_answered()
    {
        var old = await StartAsync(new RedisOptions { AppendOnly = true });

        await _redis.RestartAsync();
        await UpAsync();

        Assert.Equal(old with { Seq = 4 }, await AppendOnceItCanAsync());
        Assert.True((await ReadAsync(old)).IsWhole);
        await Eventually.Equal(4, () => _second.Numbers.Length);
        Assert.Empty(_first.Begun.Concat(_second.Begun));
    }

    [RedisFact]
    public async Task Somebody_wipes_the_data()
    {
        var old = await StartAsync();

        await _redis.CommandAsync("FLUSHALL");

        await BeganAnewAsync(old);
    }

    [RedisFact]
    public async Task The_counter_is_smaller_than_a_node_knows()
    {
        var old = await StartAsync();

        await _redis.CommandAsync("HSET", "wscore:log:chat:1", "seq", "1");

        await BeganAnewAsync(old);
    }

    [RedisFact]
    public async Task The_log_is_gone_and_a_quiet_room_is_told()
    {
        var old = await StartAsync();

        await _redis.CommandAsync("DEL", "wscore:log:chat:1", "wscore:stream:chat:1");
        await _one.Store.CheckAllAsync();
        await _two.Store.CheckAllAsync();

        await Eventually.Is(() => _first.Begun.Count == 1 && _second.Begun.Count == 1, "both are told before there is a message");
        await BeganAnewAsync(old);
    }

    [RedisFact]
    public async Task The_log_has_expired_and_nobody_knew_of_it()
    {
        var old = await StartAsync();
        _one.Store.Detach(Room, _first);
        _two.Store.Detach(Room, _second);
        await _redis.CommandAsync("DEL", "wscore:log:chat:1", "wscore:stream:chat:1");
        await using var third = await HistoryNode.StartAsync(_redis.ConnectionString, "wscore", "n3");

        var page = await third.Store.ReadAsync(Room, Rules, old with { Seq = 0 }, 10, int.MaxValue).WithTimeout();

        Assert.False(page.IsWhole);
        Assert.NotEqual(old.Epoch, page.Epoch);
        Assert.Equal(0, page.Last);
    }

    [RedisFact]
    public async Task What_a_stranger_puts_into_the_stream_is_a_message_that_is_lost()
    {
        var old = await StartAsync();
        var now = DateTimeOffset.FromUnixTimeSeconds(4_000_000_000).ToUnixTimeMilliseconds(); // later than any of Redis' own
        await _redis.CommandAsync("XADD", "wscore:stream:chat:1", $"4-{now}", "e", "forged", "n", "8", "b", "0");
        await _redis.CommandAsync("HSET", "wscore:log:chat:1", "seq", "4", "at", $"{now}");

        var page = await ReadAsync(old with { Seq = 2 });
        var next = await ReadAsync(old);
        await AppendAsync(_one);
        await Eventually.Is(() => _first.Numbers.Length == 4 && _second.Numbers.Length == 4, "what came after it is there");

        Assert.True(page.IsWhole);
        Assert.Equal((3, 3, 4), (page.From, page.To, page.Last));
        Assert.False(next.IsWhole);
        Assert.Equal((5, 4, 4), (next.From, next.To, next.Last));
        Assert.Equal([1, 2, 3, 5], _second.Numbers);
        Assert.Equal(1, _first.TimesOvertaken);
        Assert.Equal(1, _second.TimesOvertaken);
    }

    [RedisFact]
    public async Task While_Redis_is_away_everything_is_unavailable_at_once()
    {
        var old = await StartAsync();
        await _redis.KillAsync();
        await Eventually.Is(() => !_one.Link.IsUp, "it is noticed");

        await Assert.ThrowsAsync<UnavailableException>(() => AppendAsync(_one));
        await Assert.ThrowsAsync<UnavailableException>(() => ReadAsync(old));
        await Assert.ThrowsAsync<UnavailableException>(() => _one.Store.AttachAsync(RoomName.Create("chat:2"u8), Rules, new RecordingSink()).WithTimeout());
    }

    private async Task<Position> StartAsync(RedisOptions? options = null)
    {
        _redis = await RedisServer.StartAsync(options);
        _one = await HistoryNode.StartAsync(_redis.ConnectionString, "wscore");
        _two = await HistoryNode.StartAsync(_redis.ConnectionString, "wscore", "n2");
        await _one.Store.AttachAsync(Room, Rules, _first).WithTimeout();
        await _two.Store.AttachAsync(Room, Rules, _second).WithTimeout();
        await AppendAsync(_one);
        await AppendAsync(_two);
        var last = await AppendAsync(_one);
        await Eventually.Is(() => _first.Numbers.Length == 3 && _second.Numbers.Length == 3, "both have got all");
        return last;
    }

    private Task UpAsync() => Eventually.Is(() => _one.Link.IsUp && _two.Link.IsUp, "both are there again");

    private async Task BeganAnewAsync(Position old)
    {
        var next = await AppendOnceItCanAsync();

        Assert.NotEqual(old.Epoch, next.Epoch);
        Assert.Equal(1, next.Seq);
        foreach (var sink in new[] { _first, _second })
        {
            await Eventually.Equal(4, () => sink.Deliveries.Length);
            Assert.Equal((next.Epoch, 1L), (sink.Deliveries[3].Epoch, sink.Deliveries[3].Seq));
            Assert.Equal([next.Epoch], sink.Begun);
            Assert.Equal(0, sink.TimesOvertaken);
        }

        Assert.False((await ReadAsync(old)).IsWhole);
        Assert.False((await ReadAsync(old with { Seq = 0 })).IsWhole);
    }

    // That Redis was away may be noticed only now.
    private async Task<Position> AppendOnceItCanAsync()
    {
        Position next = default;
        await Eventually.IsAsync(
            async () =>
            {
                try
                {
                    next = await AppendAsync(_one);
                    return true;
                }
                catch (UnavailableException)
                {
                    return false;
                }
            },
            "it can be published again");
        return next;
    }

    private static Task<Position> AppendAsync(HistoryNode node) => node.Store.AppendAsync(Room, Rules, new TestDraft()).WithTimeout();

    private Task<HistoryPage> ReadAsync(Position since) => _one.Store.ReadAsync(Room, Rules, since, 100, int.MaxValue).WithTimeout();
}
