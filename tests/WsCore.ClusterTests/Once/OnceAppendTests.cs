using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Backplane;
using WsCore.ClusterTests.History;
using WsCore.History;
using WsCore.Namespaces;
using WsCore.Redis.Link;
using WsCore.Redis.Once;
using WsCore.Reliability;
using WsCore.Rooms;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Once;

/// <summary>Requests with <c>once</c> to rooms with history, on two whole nodes: the append's script completes the claim, whatever becomes of its answer.</summary>
public sealed class OnceAppendTests : IAsyncLifetime
{
    private const string Once = "0123456789abcdef";

    private readonly List<TestNode> _nodes = [];
    private readonly List<HistoryNode> _stores = [];
    private ScriptedLink _link = null!; // of the first node
    private RedisServer _redis = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        await StartAsync("one");
        await StartAsync("two");
    }

    public async Task DisposeAsync()
    {
        _nodes.ForEach(node => node.Dispose());
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }

    [RedisTheory]
    [InlineData("\"type\":\"broadcast\",\"room\":\"a\"", 1, "{\"epoch\":\"E\",\"seq\":1}")]
    [InlineData("\"type\":\"broadcast\",\"rooms\":[\"a\",\"plain:a\",\"b\"]", 2, "{\"results\":[{\"room\":\"a\",\"epoch\":\"E\",\"seq\":1},{\"room\":\"plain:a\"},{\"room\":\"b\",\"epoch\":\"E\",\"seq\":1}]}")]
    [InlineData("\"type\":\"send\",\"to\":\"ada\"", 1, "{\"epoch\":\"E\",\"seq\":1}")]
    [InlineData("\"type\":\"send\",\"to\":\"bob\"", 1, "{}")]
    public async Task A_repetition_on_another_node_gets_the_answer_that_the_append_left(string request, int messages, string answer)
    {
        var (one, two) = (_nodes[0].Connect("ada"), _nodes[1].Connect("ada"));
        var completions = 0;
        _link.Instead = (script, run) =>
        {
            completions += script == "complete" ? 1 : 0;
            return run();
        };

        await one.Say($$"""{{{request}},"id":"1","payload":7,"once":"{{Once}}"}""").AsTask().WithTimeout();
        await two.Say($$"""{{{request}},"id":"2","payload":7,"once":"{{Once}}"}""").AsTask().WithTimeout();

        var epoch = (await _stores[0].Store.ReadAsync(RoomName.Create("a"u8), new HistoryRules(10, TimeSpan.FromMinutes(5), 100_000), null, 1, 1000)).Epoch;
        Assert.Equal("{\"type\":\"ack\",\"id\":\"1\"" + Rest(answer, epoch), Compact(one.Last));
        Assert.Equal("{\"type\":\"ack\",\"id\":\"2\",\"duplicate\":true" + Rest(answer, epoch), Compact(two.Last));
        Assert.Equal(messages, await MessagesAsync());
        Assert.Equal(0, completions); // no second script
    }

    [RedisFact]
    public async Task An_append_whose_answer_is_lost_is_not_done_again()
    {
        var (one, two) = (_nodes[0].Connect("ada"), _nodes[1].Connect("ada"));
        _link.Instead = async (script, run) =>
        {
            var reply = await run();
            return script == "append" ? throw new UnavailableException("on purpose") : reply;
        };
        await one.Say(Broadcast("1")).AsTask().WithTimeout();
        Assert.Contains("\"id\":\"1\",\"code\":\"unavailable\"", one.Last, StringComparison.Ordinal);
        Assert.Contains("\"retryAfter\":1000", one.Last, StringComparison.Ordinal);

        await one.Say(Broadcast("2")).AsTask().WithTimeout();
        await two.Say(Broadcast("3")).AsTask().WithTimeout();

        Assert.Contains("\"id\":\"2\",\"duplicate\":true,\"epoch\":", one.Last, StringComparison.Ordinal);
        Assert.Contains("\"id\":\"3\",\"duplicate\":true,\"epoch\":", two.Last, StringComparison.Ordinal);
        Assert.Equal(1, await MessagesAsync());
    }

    [RedisTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_append_that_comes_late_takes_no_effect_and_the_repetition_does(bool afterTheRepetition)
    {
        var (one, two) = (_nodes[0].Connect("ada"), _nodes[1].Connect("ada"));
        Func<ValueTask<Reply>>? late = null;
        _link.Instead = (script, run) =>
        {
            if (script != "append" || late is not null)
            {
                return run();
            }

            late = run;
            throw new UnavailableException("on purpose");
        };
        await one.Say(Broadcast("1")).AsTask().WithTimeout();
        Assert.Contains("\"code\":\"unavailable\"", one.Last, StringComparison.Ordinal);

        if (!afterTheRepetition)
        {
            await late!();
        }

        await two.Say(Broadcast("2")).AsTask().WithTimeout();
        await late!();

        Assert.StartsWith("{\"type\":\"ack\",\"id\":\"2\",\"epoch\":", two.Last, StringComparison.Ordinal);
        Assert.Equal(1, await MessagesAsync());
    }

    [RedisFact]
    public async Task An_append_whose_claim_has_passed_to_another_node_is_unavailable_there_and_has_no_effect()
    {
        var (one, two) = (_nodes[0].Connect("ada"), _nodes[1].Connect("ada"));
        _link.Instead = async (script, run) =>
        {
            if (script == "append")
            {
                await _redis.CommandAsync("EVAL", "for _, key in ipairs(redis.call('KEYS', '*:once:*')) do redis.call('DEL', key) end", "0"); // the node counted as dead for long
                await two.Say(Broadcast("2"));
            }

            return await run();
        };

        await one.Say(Broadcast("1")).AsTask().WithTimeout();

        Assert.Contains("\"id\":\"1\",\"code\":\"unavailable\"", one.Last, StringComparison.Ordinal);
        Assert.StartsWith("{\"type\":\"ack\",\"id\":\"2\",\"epoch\":", two.Last, StringComparison.Ordinal);
        Assert.Equal(1, await MessagesAsync());
    }

    private static string Broadcast(string id) => $$"""{"type":"broadcast","id":"{{id}}","room":"a","payload":7,"once":"{{Once}}"}""";

    private static string Rest(string answer, string epoch) =>
        answer == "{}" ? "}" : "," + answer[1..].Replace("\"E\"", $"\"{epoch}\"", StringComparison.Ordinal);

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);

    private async Task<long> MessagesAsync()
    {
        var count = await _redis.CommandAsync("EVAL", "local sum = 0 for _, key in ipairs(redis.call('KEYS', '*:stream:*')) do sum = sum + redis.call('XLEN', key) end return sum", "0");
        return count.Number;
    }

    private async Task StartAsync(string name)
    {
        ScriptedLink link = null!;
        var store = await HistoryNode.StartAsync(_redis.ConnectionString, "wscore", name, inner => link = new ScriptedLink(inner));
        _link ??= link;
        _stores.Add(store);
        var records = new OnceRecords(link, store.Link.Keys, name, OnceNode.Lease);
        _nodes.Add(new TestNode(
            options =>
            {
                options.Namespaces["default"] = new NamespaceOptions { Publish = PublishRule.Anyone, History = { Size = 10 } };
                options.Namespaces["user"] = new NamespaceOptions { History = { Size = 10 } };
                options.Namespaces["plain"] = new NamespaceOptions { Publish = PublishRule.Anyone };
            },
            builder => builder.Services
                .AddSingleton<IHistoryStore>(store.Store)
                .AddSingleton<IDedupeStore>(new RedisDedupeStore(records, new DedupeOptions(), TimeProvider.System, NullLogger<RedisDedupeStore>.Instance))));
    }
}
