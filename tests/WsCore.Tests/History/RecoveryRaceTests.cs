using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WsCore.Access;
using WsCore.Backplane;
using WsCore.Dispatch;
using WsCore.History;
using WsCore.Namespaces;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.History;

/// <summary>Recovery over a store that takes its time, fails, or changes between two requests.</summary>
public sealed class RecoveryRaceTests : IDisposable
{
    private const int Size = 10;

    private readonly MemoryHistoryStore _memory;
    private readonly ScriptedHistoryStore _store;
    private readonly TestNode _node;

    public RecoveryRaceTests()
    {
        _node = new TestNode(
            options => options.Namespaces["default"] = new NamespaceOptions { History = { Size = Size } },
            builder => builder.Services
                .AddSingleton(provider => new MemoryHistoryStore(new HistoryOptions(), provider.GetRequiredService<TimeProvider>()))
                .AddSingleton<IHistoryStore>(provider => new ScriptedHistoryStore(provider.GetRequiredService<MemoryHistoryStore>())));
        _memory = _node.Get<MemoryHistoryStore>();
        _store = (ScriptedHistoryStore)_node.Get<IHistoryStore>();
    }

    [Fact]
    public async Task Join_ThatOpensARoomLate_DoesNotDeafenTheRoomThatTookItsPlace()
    {
        var (late, ada, bob) = (_node.Connect(), _node.Connect(), _node.Connect());
        var opening = new TaskCompletionSource();
        _store.BeforeAttach = _ => opening.Task;
        var joining = late.Say("""{"type":"join","id":"j","room":"a"}""").AsTask();
        _store.BeforeAttach = null;
        var others = ComeAndGoAsync();

        opening.SetResult();
        await Task.WhenAll(joining, others).WithTimeout();
        await late.Say("""{"type":"broadcast","id":"p","room":"a","payload":0}""");
        _node.Scheduler.RunAll();

        Assert.Equal("message", Json(bob.Last).GetProperty("type").GetString());

        async Task ComeAndGoAsync()
        {
            await ada.Say("""{"type":"join","id":"j","room":"a"}""");
            await ada.Say("""{"type":"leave","room":"a"}""");
            await bob.Say("""{"type":"join","id":"j","room":"a"}""");
        }
    }

    [Fact]
    public async Task Join_ThatNamesARoomTwice_IsNotToldThatItRecoveredWhatDoesNotCome()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await JoinAsync(ada);
        await PublishAsync(ada, 3);

        await bob.Say($$"""{"type":"join","id":"j","rooms":["a",{"room":"a","since":{"epoch":"{{epoch}}","seq":0} }]}""");
        _node.Scheduler.RunAll();

        var result = Json(Assert.Single(bob.Texts)).GetProperty("results")[1];
        Assert.False(result.GetProperty("recovered").GetBoolean());
    }

    [Fact]
    public async Task Join_OfARoomThatIsForgottenMeanwhile_IsNotRecovered_AndStaysConnected()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await JoinAsync(ada);
        await PublishAsync(ada, 3);
        await ada.Say("""{"type":"leave","room":"a"}""");
        _store.BeforeAttach = _ =>
        {
            _node.Clock.Advance(TimeSpan.FromHours(1));
            _memory.Tick();
            return Task.CompletedTask;
        };

        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":1} }""");
        _node.Scheduler.RunAll();

        Assert.False(Json(Assert.Single(bob.Texts)).GetProperty("recovered").GetBoolean());
        Assert.False(bob.Connection.IsClosing);
    }

    [Fact]
    public async Task Join_WithAPositionThatTheRoomHasYetToComeTo_WaitsForItAndGoesOnFromThere()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await JoinAsync(ada);
        _store.Hold();
        await AppendElsewhereAsync(3);

        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":3} }""");
        _node.Scheduler.RunAll();
        var reads = _store.Reads.Count;
        _store.Release();
        await AppendElsewhereAsync(1);
        _node.Clock.Advance(TimeSpan.FromSeconds(1));
        _node.Scheduler.RunAll();
        await AppendElsewhereAsync(1);
        _node.Scheduler.RunAll();

        Assert.InRange(reads, 1, 3);
        Assert.True(Json(bob.Texts[0]).GetProperty("recovered").GetBoolean());
        Assert.Equal(3, Json(bob.Texts[0]).GetProperty("seq").GetInt64()); // not 0, which the room had come to: that would be before its own
        Assert.Equal([4, 5], bob.Texts.Skip(1).Select(text => Json(text).GetProperty("seq").GetInt64()));
    }

    [Fact]
    public async Task Replay_WhileTheStoreCannotBeReached_GoesOnOnceItCan()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var (a, b) = (await JoinAsync(ada), await JoinAsync(ada, "b"));
        await PublishAsync(ada, 2);
        await PublishAsync(ada, 3, "b");
        await bob.Say($$"""{"type":"join","id":"j","rooms":[{"room":"a","since":{"epoch":"{{a}}","seq":0} },{"room":"b","since":{"epoch":"{{b}}","seq":0} }]}""");
        var away = true;
        _store.BeforeRead = _ => away ? Task.FromException(new UnavailableException("on purpose")) : Task.CompletedTask;
        for (var i = 0; i < 5; i++)
        {
            _node.Scheduler.RunAll();
            _node.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var without = bob.Texts.Count;
        away = false;
        _node.Clock.Advance(TimeSpan.FromSeconds(1));
        _node.Scheduler.RunAll();

        Assert.False(bob.Connection.IsClosing);
        Assert.Equal((3, 6), (without, bob.Texts.Count));
        Assert.InRange(_store.Reads.Count, 3, 9);
    }

    [Fact]
    public async Task Deliver_OfADraftThatWasHandedOver_LeavesNoLaneToWhoeverAppends()
    {
        var ada = _node.Connect();
        await JoinAsync(ada);
        _node.Scheduler.RunAll();
        var draft = Draft();
        draft.IsHandedOver = true;

        await _memory.AppendAsync(RoomName.Create("a"u8), _node.Rooms.RulesFor("a"u8).History!, draft);
        _node.Scheduler.RunAll();

        Assert.Equal(0UL, draft.Owned);
        Assert.Equal(1, Json(ada.Last).GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task JoiningAndLeavingAgainAndAgain_LeavesNoReplaysThatWait()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await JoinAsync(ada);
        await PublishAsync(ada, 3);

        for (var i = 0; i < 100; i++)
        {
            await bob.Say($$"""{"type":"join","room":"a","since":{"epoch":"{{epoch}}","seq":0} }""");
            await bob.Say("""{"type":"leave","room":"a"}""");
        }

        Assert.InRange(bob.Connection.CatchUp!.Waiting, 0, 1);
    }

    [Fact]
    public async Task Join_ThatFailsAtItsSecondEntry_StillReplaysTheFirst()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await JoinAsync(ada);
        await JoinAsync(bob);
        await PublishAsync(ada, 3);
        _store.BeforeRead = _ => _store.Reads.Count == 2 ? Task.FromException(new IOException("on purpose")) : Task.CompletedTask;

        await bob.Say($$"""{"type":"join","id":"j","rooms":[{"room":"a","since":{"epoch":"{{epoch}}","seq":1} },{"room":"a","since":{"epoch":"{{epoch}}","seq":2} }]}""");
        _node.Scheduler.RunAll();
        await PublishAsync(ada, 1);

        Assert.Equal(4, Json(bob.Last).GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Join_OfManyRooms_ReadsNoMoreThanOneStep_AndKeepsOnlyTheFirstPageThatIsReplayed()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        string[] rooms = ["a", "b", "c", "d"];
        var entries = new List<string>();
        foreach (var room in rooms)
        {
            entries.Add($$"""{"room":"{{room}}","since":{"epoch":"{{await JoinAsync(ada, room)}}","seq":0} }""");
            await PublishAsync(ada, 2, room);
        }

        await bob.Say($$"""{"type":"join","id":"j","rooms":[{{string.Join(',', entries)}}]}""");

        Assert.InRange(_store.Reads.Sum(), 1, 256 * 1024);
        _node.Scheduler.RunAll();
        Assert.Equal(rooms.Length + (rooms.Length - 1), _store.Reads.Count);
        Assert.Equal(rooms.Length * 2, bob.Texts.Count(text => text.Contains("\"seq\":", StringComparison.Ordinal) && text.StartsWith("""{"type":"message""", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task BroadcastsOfAMemberThatCatchesUp_AreKeptByTheHistoryAlone()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await JoinAsync(ada);
        await PublishAsync(ada, 1);
        await bob.Say($$"""{"type":"join","room":"a","since":{"epoch":"{{epoch}}","seq":0} }""");
        await ada.Say("""{"type":"leave","room":"a"}""");

        for (var i = 0; i < 400; i++)
        {
            await bob.Say("""{"type":"broadcast","id":"p","room":"a","payload":"x"}""");
        }

        GC.Collect();
        Assert.InRange(_store.Drafts.Count(draft => draft.IsAlive), 0, 2); // but for what a frame of this method still holds
    }

    public void Dispose() => _node.Dispose();

    private static async Task<string> JoinAsync(TestConnection connection, string room = "a")
    {
        await connection.Say($$"""{"type":"join","id":"j","room":"{{room}}"}""");
        return Json(connection.Last).GetProperty("epoch").GetString()!;
    }

    private static async Task PublishAsync(TestConnection connection, int count, string room = "a")
    {
        for (var i = 0; i < count; i++)
        {
            await connection.Say($$"""{"type":"broadcast","id":"p","room":"{{room}}","payload":0}""");
        }
    }

    // As a store does it that is shared with others: nobody here runs the lanes.
    private async Task AppendElsewhereAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var draft = Draft();
            draft.IsHandedOver = true;
            await _memory.AppendAsync(RoomName.Create("a"u8), _node.Rooms.RulesFor("a"u8).History!, draft);
        }
    }

    private static MessageDraft Draft() => new() { JsonRoom = "a"u8.ToArray(), Payload = Payload.Checked("0"u8.ToArray(), isBinary: false) };

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
