using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WsCore.History;
using WsCore.Namespaces;
using WsCore.TestKit.History;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.History;

/// <summary>Recovery over a store that takes its time, fails, or changes between two requests.</summary>
public sealed class RecoveryRaceTests : IDisposable
{
    private const int Size = 10;

    private readonly ScriptedHistoryStore _store;
    private readonly TestNode _node;

    public RecoveryRaceTests()
    {
        _node = new TestNode(
            options => options.Namespaces["default"] = new NamespaceOptions { History = { Size = Size } },
            builder => builder.Services.AddSingleton<IHistoryStore>(provider => new ScriptedHistoryStore(
                new MemoryHistoryStore(new HistoryOptions(), provider.GetRequiredService<TimeProvider>()))));
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

    public void Dispose() => _node.Dispose();

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
