using System.IO.Pipelines;
using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WsCore.Access;
using WsCore.Backplane;
using WsCore.Connections;
using WsCore.Framing;
using WsCore.History;
using WsCore.Hosting;
using WsCore.Namespaces;
using WsCore.Presence;
using WsCore.Reliability;
using WsCore.TestKit.Backplane;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.History;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Presence;
using WsCore.TestKit.Reliability;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Dispatch;

/// <summary>What clients are told, and what is left behind, while a store is away. Rooms of <c>log</c> keep history, others do not.</summary>
public sealed class UnavailableTests : IDisposable
{
    private const string Once = "0123456789abcdef";
    private const string Refused = "\"code\":\"unavailable\",\"message\":\"The test has taken it away.\",\"retryAfter\":3000";

    private readonly TestNode _node;

    public UnavailableTests()
    {
        _node = new TestNode(
            options =>
            {
                options.Namespaces["log"] = new NamespaceOptions { History = { Size = 10 } };
                options.Namespaces["user"] = new NamespaceOptions { History = { Size = 10 }, Presence = true };
                options.Namespaces["crowd"] = new NamespaceOptions { Presence = true };
            },
            builder => builder.Services
                .AddSingleton<IHistoryStore>(new ScriptedHistoryStore(new MemoryHistoryStore(new HistoryOptions(), TimeProvider.System)))
                .AddSingleton<IDedupeStore>(new TokenDedupeStore(new MemoryDedupeStore(new DedupeOptions(), TimeProvider.System)))
                .AddSingleton<IPresenceStoreFactory>(new Factory())
                .AddSingleton<IBackplane>(new TestBackplane()));
    }

    private ScriptedHistoryStore History => (ScriptedHistoryStore)_node.Node.Stores.History;

    private TokenDedupeStore Dedupe => (TokenDedupeStore)_node.Node.Stores.Dedupe;

    private TestBackplane Backplane => (TestBackplane)_node.Node.Stores.Backplane;

    private ScriptedPresenceStore Presence => (ScriptedPresenceStore)_node.Node.Presence;

    [Theory]
    [InlineData("""{"type":"broadcast","id":"1","room":"log:a","payload":7}""")]
    [InlineData("""{"type":"broadcast","id":"1","rooms":["plain","log:a"],"payload":7}""")]
    [InlineData("""{"type":"broadcast","id":"1","room":"log:a","payload":7,"once":"0123456789abcdef"}""")]
    [InlineData("""{"type":"send","id":"1","to":"bob","payload":7}""")]
    [InlineData("""{"type":"history","id":"1","room":"log:a"}""")]
    [InlineData("""{"type":"members","id":"1","room":"crowd:a"}""")]
    [InlineData("""{"type":"online","id":"1","users":["bob"]}""")]
    public async Task Command_WhoseStoreIsAway_IsUnavailableWithRetryAfter_AndDeliversNothing(string request)
    {
        var (ada, bob) = await PairAsync("log:a", "plain", "crowd:a");
        var before = bob.Texts.Count;

        TakeAway();
        await ada.Say(request);

        Assert.Equal($$"""{"type":"error","id":"1",{{Refused}}}""", ada.Last);
        Assert.Equal(before, bob.Texts.Count);
    }

    [Fact]
    public async Task Broadcast_ToSeveralRooms_AppendsToThoseThatKeepHistoryTogetherAndOnlyThenDeliversTheOthers()
    {
        var (ada, bob) = await PairAsync("plain", "log:a", "log:b");
        var appends = new List<string>();
        History.BeforeAppend = rooms =>
        {
            appends.Add($"{rooms.Count}, and bob got {bob.Texts.Count(text => text.Contains("\"message\"", StringComparison.Ordinal))}");
            return Task.CompletedTask;
        };

        await ada.Say("""{"type":"broadcast","id":"1","rooms":["plain","log:a","log:b"],"payload":7}""");

        Assert.Equal("2, and bob got 0", Assert.Single(appends));
        Assert.Equal(3, bob.Texts.Count(text => text.Contains("\"message\"", StringComparison.Ordinal)));
        Assert.Matches("""^\{"type":"ack","id":"1","results":\[\{"room":"plain"\},\{"room":"log:a","epoch":"[^"]+","seq":1\},\{"room":"log:b","epoch":"[^"]+","seq":1\}\]\}$""", ada.Last);
    }

    [Theory]
    [InlineData("\"room\":\"plain\"", true)]
    [InlineData("\"rooms\":[\"log:a\",\"plain\"]", true)]
    [InlineData("\"room\":\"log:a\",\"ephemeral\":true", true)]
    [InlineData("\"room\":\"log:a\"", false)]
    [InlineData("\"rooms\":[\"log:a\"]", false)]
    public async Task Broadcast_WhileTheQueueToTheOthersIsFull_IsRefusedBeforeAnythingHappens_WhereItWouldGoThere(string target, bool refused)
    {
        var (ada, bob) = await PairAsync("plain", "log:a");
        var before = bob.Texts.Count;

        Backplane.HasRoom = false;
        await ada.Say($$"""{"type":"broadcast","id":"1",{{target}},"payload":7}""");

        Assert.Equal(refused, ada.Last.Contains("\"id\":\"1\",\"code\":\"unavailable\"", StringComparison.Ordinal));
        Assert.Equal(refused, ada.Last.Contains("\"retryAfter\":1000", StringComparison.Ordinal));
        Assert.Equal(before + (refused ? 0 : 1), bob.Texts.Count);
        Assert.Equal(refused ? 0 : 1, History.Drafts.Count);
    }

    [Fact]
    public async Task Join_WhoseStoreIsAway_IsUnavailable_AndLeavesNobodyInTheRoom()
    {
        TakeAway();
        var ada = _node.Connect();

        await ada.Say("""{"type":"join","id":"1","room":"log:a"}""");

        Assert.Equal($$"""{"type":"error","id":"1",{{Refused}}}""", ada.Last);
        Assert.Equal((0, 0), (ada.Connection.Rooms.Count, _node.Rooms.Count));
    }

    [Fact]
    public async Task Join_OfSeveralRooms_RefusesThoseWhoseStoreIsAwayAndEntersTheOthers()
    {
        TakeAway();
        var ada = _node.Connect();

        await ada.Say("""{"type":"join","id":"1","rooms":["plain","log:a","other"]}""");

        Assert.Equal($$"""{"type":"ack","id":"1","results":[{"room":"plain"},{"room":"log:a",{{Refused}}},{"room":"other"}]}""", ada.Last);
        Assert.Equal((2, 2), (ada.Connection.Rooms.Count, _node.Rooms.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Join_WhoseMembersCannotBeTold_LeavesWhoWasNotInTheRoomOutside(bool again)
    {
        var (ada, bob) = (_node.Connect("ada"), _node.Connect("bob"));
        await bob.Say("""{"type":"join","room":"crowd:a"}""");
        if (again)
        {
            await ada.Say("""{"type":"join","room":"crowd:a"}""");
        }

        TakeAway();
        await ada.Say("""{"type":"join","id":"1","room":"crowd:a","members":true}""");

        Assert.Equal($$"""{"type":"error","id":"1",{{Refused}}}""", ada.Last);
        Assert.Equal(again ? 1 : 0, ada.Connection.Rooms.Count);
    }

    [Fact]
    public async Task Join_AgainWithSinceWhileTheStoreIsAway_IsRefused_AndTheMemberGoesOnGettingWhatIsNew()
    {
        var (ada, bob) = await PairAsync("log:a");
        await ada.Say("""{"type":"broadcast","room":"log:a","payload":7}""");
        History.BeforeRead = _ =>
        {
            History.BeforeRead = null; // away for one request, then back
            return Task.FromException(Away());
        };

        await bob.Say("""{"type":"join","id":"1","room":"log:a","since":{"epoch":"e","seq":0}}""");
        _node.Scheduler.RunAll();
        await ada.Say("""{"type":"broadcast","room":"log:a","payload":8}""");
        _node.Scheduler.RunAll();

        Assert.Equal($$"""{"type":"error","id":"1",{{Refused}}}""", bob.Texts[^2]);
        Assert.EndsWith("\"payload\":8}", bob.Last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_WhosePersonalRoomCannotBeOpened_IsClosedWith4104_AndToldNothingElse()
    {
        TakeAway();
        var (output, input) = (new ScriptedOutput(), new Pipe());
        var host = _node.Get<ConnectionHost>();
        var connection = host.Make(new ConnectionIdentity("c1", "ada", new ClaimsPrincipal(), IPAddress.Loopback), output);

        var serving = host.ServeAsync(connection, input.Reader);

        Assert.Equal(CloseCodes.Unavailable, Assert.Single(output.Frames).CloseCode);
        await input.Writer.CompleteAsync();
        await serving.WithTimeout();
        Assert.Equal((0, 0), (_node.Rooms.Count, _node.Node.Connections.Count));
    }

    [Fact]
    public async Task Application_IsToldByAnException()
    {
        TakeAway();

        await Assert.ThrowsAsync<UnavailableException>(() => _node.Application.BroadcastAsync("log:a", Payload.FromJson("1")).AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => _node.Application.SendAsync("bob", Payload.FromJson("1")).AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => _node.Application.MembersAsync("crowd:a").AsTask());
    }

    [Fact]
    public async Task Once_WhoseStoreIsAway_IsUnavailable_AndTheRequestIsNotCarriedOut()
    {
        var (ada, bob) = await PairAsync("plain");
        var before = bob.Texts.Count;

        Dedupe.IsAway = true;
        await ada.Say($$"""{"type":"broadcast","id":"1","room":"plain","payload":7,"once":"{{Once}}"}""");

        Assert.Equal($$"""{"type":"error","id":"1",{{Refused}}}""", ada.Last);
        Assert.Equal(before, bob.Texts.Count);
    }

    [Theory]
    [InlineData("""{"type":"broadcast","id":"ID","room":"log:a","payload":7,"once":"0123456789abcdef"}""")]
    [InlineData("""{"type":"send","id":"ID","to":"bob","payload":7,"once":"0123456789abcdef"}""")]
    public async Task Once_WhoseAppendFails_IsAbandoned_AndMayBeRepeated(string request)
    {
        var (ada, _) = await PairAsync("log:a");
        History.BeforeAppend = _ => Task.FromException(Away());
        await ada.Say(request.Replace("ID", "1", StringComparison.Ordinal));
        Assert.Equal($$"""{"type":"error","id":"1",{{Refused}}}""", ada.Last);
        History.BeforeAppend = null;

        await ada.Say(request.Replace("ID", "2", StringComparison.Ordinal));

        Assert.StartsWith("""{"type":"ack","id":"2""", ada.Last, StringComparison.Ordinal);
        Assert.Equal(["abandon", "complete"], Dedupe.Endings);
        Assert.Equal("t2", Assert.Single(History.Commits).Claim);
    }

    [Theory]
    [InlineData("""{"type":"broadcast","id":"ID","room":"log:a","payload":7,"once":"0123456789abcdef"}""")]
    [InlineData("""{"type":"broadcast","id":"ID","rooms":["log:a","plain","log:b"],"payload":7,"once":"0123456789abcdef"}""")]
    [InlineData("""{"type":"send","id":"ID","to":"ada","payload":7,"once":"0123456789abcdef"}""")]
    [InlineData("""{"type":"send","id":"ID","to":"bob","payload":7,"once":"0123456789abcdef"}""")]
    public async Task Once_WhichTheAppendCompletes_IsSettled_AndTheAnswerIsThatOfTheAck(string request)
    {
        var (ada, _) = await PairAsync("log:a", "log:b", "plain");
        var answers = new List<string>();
        History.Completes = (commit, answer) => answers.Add($"{commit.Key.User} {commit.Claim} {answer}");

        await ada.Say(request.Replace("ID", "1", StringComparison.Ordinal));

        var ack = ada.Last.Replace("""{"type":"ack","id":"1""" + "\"", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal($"ada t1 {ack}", Assert.Single(answers));
        Assert.Equal("settle", Assert.Single(Dedupe.Endings));
    }

    public void Dispose() => _node.Dispose();

    private static UnavailableException Away() => new("The test has taken it away.") { RetryAfter = TimeSpan.FromSeconds(3) };

    private void TakeAway()
    {
        History.BeforeAttach = _ => Task.FromException(Away());
        History.BeforeRead = _ => Task.FromException(Away());
        History.BeforeAppend = _ => Task.FromException(Away());
        Presence.IsAway = true;
    }

    private async Task<(TestConnection Ada, TestConnection Bob)> PairAsync(params string[] rooms)
    {
        var (ada, bob) = (_node.Connect("ada"), _node.Connect("bob"));
        foreach (var room in rooms)
        {
            await ada.Say($$"""{"type":"join","room":"{{room}}"}""");
            await bob.Say($$"""{"type":"join","room":"{{room}}"}""");
        }

        return (ada, bob);
    }

    private sealed class Factory : IPresenceStoreFactory
    {
        private readonly MemoryPresenceStoreFactory _inner = new(Options.Create(new WsCoreOptions()), TimeProvider.System);

        public IPresenceStore Create(IPresenceSink sink, Func<string, bool> isConnected) => new ScriptedPresenceStore(_inner.Create(sink, isConnected));
    }
}
