using WsCore.Access;
using WsCore.Hosting;
using WsCore.Namespaces;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;

namespace WsCore.Tests.Dispatch;

/// <summary>A request with <c>once</c> takes effect one time, however often it comes.</summary>
public sealed class OnceTests
{
    private const string Once = "0123456789abcdef";

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task Broadcast_Repeated_IsDeliveredOnceAndAnsweredAlike(int history)
    {
        using var node = Create(history);
        var (ada, bob) = await Pair(node);

        await ada.Say(Broadcast("1", "7"));
        var first = ada.Last;
        await ada.Say(Broadcast("2", "7"));

        Assert.Single(bob.Texts, text => text.Contains("\"message\"", StringComparison.Ordinal));
        Assert.Equal(first.Replace("\"id\":\"1\"", "\"id\":\"2\",\"duplicate\":true", StringComparison.Ordinal), ada.Last);
    }

    [Fact]
    public async Task Broadcast_RepeatedWithAnotherPayload_IsAConflict()
    {
        using var node = Create();
        var (ada, bob) = await Pair(node);

        await ada.Say(Broadcast("1", "7"));
        await ada.Say(Broadcast("2", "8"));

        Assert.Contains("\"id\":\"2\",\"code\":\"conflict\"", ada.Last, StringComparison.Ordinal);
        Assert.Single(bob.Texts, text => text.Contains("\"message\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broadcast_OfAnotherUserWithTheSameKey_IsAnotherRequest()
    {
        using var node = Create();
        var (ada, bob) = (node.Connect("ada"), node.Connect("bob"));
        await ada.Say("""{"type":"join","room":"a"}""");
        await bob.Say("""{"type":"join","room":"a"}""");

        await ada.Say(Broadcast("1", "7"));
        await bob.Say(Broadcast("1", "8"));

        Assert.Equal("""{"type":"ack","id":"1"}""", bob.Last);
    }

    [Fact]
    public async Task Broadcast_ThatWasRefused_MayBeRepeated()
    {
        using var node = Create();
        var ada = node.Connect("ada");

        await ada.Say(Broadcast("1", "7"));
        Assert.Contains("not_joined", ada.Last, StringComparison.Ordinal);
        await ada.Say("""{"type":"join","room":"a"}""");
        await ada.Say(Broadcast("2", "7"));

        Assert.Equal("""{"type":"ack","id":"2"}""", ada.Last);
    }

    [Fact]
    public async Task Broadcast_WithoutAnId_IsRememberedToo()
    {
        using var node = Create();
        var (ada, bob) = await Pair(node);

        await ada.Say($$"""{"type":"broadcast","room":"a","payload":7,"once":"{{Once}}"}""");
        await ada.Say(Broadcast("2", "7"));

        Assert.Single(bob.Texts, text => text.Contains("\"message\"", StringComparison.Ordinal));
        Assert.Equal("""{"type":"ack","id":"2","duplicate":true}""", ada.Last);
    }

    [Fact]
    public async Task Broadcast_AfterTheWindow_IsANewOne()
    {
        using var node = Create();
        var (ada, bob) = await Pair(node);

        await ada.Say(Broadcast("1", "7"));
        node.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        await ada.Say(Broadcast("2", "7"));

        Assert.Equal("""{"type":"ack","id":"2"}""", ada.Last);
        Assert.Equal(2, bob.Texts.Count(text => text.Contains("\"message\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Broadcast_WhenTheStoreIsFull_IsUnavailableAndNotDelivered()
    {
        using var node = Create(options: options => options.Dedupe.MaxEntries = 1);
        var (ada, bob) = await Pair(node);

        await ada.Say(Broadcast("1", "7"));
        await ada.Say(Broadcast("2", "8").Replace(Once, Once + "x", StringComparison.Ordinal));

        Assert.Contains("\"id\":\"2\",\"code\":\"unavailable\"", ada.Last, StringComparison.Ordinal);
        Assert.Contains("\"retryAfter\":10000", ada.Last, StringComparison.Ordinal);
        Assert.Single(bob.Texts, text => text.Contains("\"message\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_RepeatedWhileTheFirstIsAtWork_WaitsAndGetsItsAnswer()
    {
        var script = new CallScript();
        using var node = new TestNode(build: builder =>
        {
            builder.Services.AddSingleton(script);
            builder.AddHooks<CallHooks>();
        });
        var (first, second) = (node.Connect("ada"), node.Connect("ada"));

        var running = first.Say($$"""{"type":"call","id":"1","method":"pay","payload":1,"once":"{{Once}}"}""");
        var waiting = second.Say($$"""{"type":"call","id":"2","method":"pay","payload":1,"once":"{{Once}}"}""");
        Assert.False(waiting.IsCompleted);
        script.Answer.SetResult(Payload.FromJson("42"));
        await running.WithTimeout();
        await waiting.WithTimeout();

        Assert.Equal("""{"type":"ack","id":"1","payload":42}""", first.Last);
        Assert.Equal("""{"type":"ack","id":"2","duplicate":true,"payload":42}""", second.Last);
        Assert.Equal(1, script.Calls);
    }

    [Fact]
    public async Task Call_WhoseHookFails_MayBeRepeated()
    {
        var script = new CallScript();
        using var node = new TestNode(build: builder =>
        {
            builder.Services.AddSingleton(script);
            builder.AddHooks<CallHooks>();
        });
        var ada = node.Connect("ada");

        script.Answer.SetException(new InvalidOperationException("on purpose"));
        await ada.Say($$"""{"type":"call","id":"1","method":"pay","once":"{{Once}}"}""");
        Assert.Contains("internal_error", ada.Last, StringComparison.Ordinal);
        script.Answer = new TaskCompletionSource<Payload>();
        script.Answer.SetResult(Payload.FromJson("1"));
        await ada.Say($$"""{"type":"call","id":"2","method":"pay","once":"{{Once}}"}""");

        Assert.Equal("""{"type":"ack","id":"2","payload":1}""", ada.Last);
    }

    [Fact]
    public async Task Send_Repeated_IsDeliveredOnce()
    {
        using var node = Create();
        var (ada, bob) = (node.Connect("ada"), node.Connect("bob"));
        await node.Rooms.JoinAsync(bob.Connection, "user:bob"u8.ToArray());

        await ada.Say($$"""{"type":"send","id":"1","to":"bob","payload":1,"once":"{{Once}}"}""");
        await ada.Say($$"""{"type":"send","id":"2","to":"bob","payload":1,"once":"{{Once}}"}""");

        Assert.Single(bob.Texts);
        Assert.Equal("""{"type":"ack","id":"2","duplicate":true}""", ada.Last);
    }

    private static string Broadcast(string id, string payload) =>
        $$"""{"type":"broadcast","id":"{{id}}","room":"a","payload":{{payload}},"once":"{{Once}}"}""";

    private static async Task<(TestConnection Ada, TestConnection Bob)> Pair(TestNode node)
    {
        var (ada, bob) = (node.Connect("ada"), node.Connect());
        await ada.Say("""{"type":"join","room":"a"}""");
        await bob.Say("""{"type":"join","room":"a"}""");
        return (ada, bob);
    }

    private static TestNode Create(int history = 0, Action<WsCoreOptions>? options = null) => new(all =>
    {
        all.Namespaces["default"] = new NamespaceOptions { History = { Size = history } };
        options?.Invoke(all);
    });

    private sealed class CallScript
    {
        public TaskCompletionSource<Payload> Answer { get; set; } = new();

        public int Calls { get; set; }
    }

    private sealed class CallHooks(CallScript script) : Hooks
    {
        public override async ValueTask CallingAsync(CallContext context, CancellationToken cancellation)
        {
            script.Calls++;
            context.Reply(await script.Answer.Task);
        }
    }
}
