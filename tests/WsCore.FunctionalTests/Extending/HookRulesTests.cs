using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using WsCore.Access;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Extending;

/// <summary>What holds for every hook: scopes, order, and that nobody waits for another's.</summary>
public sealed class HookRulesTests
{
    private readonly HookScript _script = new();

    [Fact]
    public async Task A_closed_hook_that_takes_its_time_holds_up_no_transport()
    {
        var (closed, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _script.Closed = async _ =>
        {
            closed.SetResult();
            await go.Task;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var socket = await application.ConnectRawAsync();
        await socket.SendCloseAsync(1000, "");
        await socket.ReceiveCloseAsync();
        await socket.ExpectEofAsync();
        await closed.Task.WithTimeout();

        var stopping = application.StopAsync();
        Assert.False(stopping.IsCompleted); // a node that stops waits for it
        go.SetResult();
        await stopping.WithTimeout();
    }

    [Fact]
    public async Task A_node_that_stops_waits_for_the_closed_hooks_that_its_stopping_began()
    {
        var done = false;
        _script.Closed = async _ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                await Task.Yield();
            }

            Volatile.Write(ref done, true);
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var socket = await application.ConnectRawAsync();
        var stopping = application.StopAsync();
        Assert.Equal(4200, (await socket.ReceiveCloseAsync()).Code);
        await socket.SendCloseAsync(4200, "");
        await stopping.WithTimeout();

        Assert.True(Volatile.Read(ref done));
    }

    [Fact]
    public async Task Who_gives_up_while_an_opening_hook_thinks_is_nobodys_error()
    {
        var asked = new TaskCompletionSource();
        var over = new TaskCompletionSource();
        _script.Opening = async (_, cancellation) =>
        {
            asked.SetResult();
            var gone = new TaskCompletionSource();
            using var registration = cancellation.Register(gone.SetCanceled);
            try
            {
                await gone.Task;
            }
            finally
            {
                over.SetResult();
            }
        };
        await using var application = await TestApplication.StartAsync(_script);
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(application.Address.Host, application.Address.Port).WithTimeout();
        await socket.GetStream().WriteAsync("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"u8.ToArray());
        await asked.Task.WithTimeout();
        socket.Close();
        await over.Task.WithTimeout();
        await application.StopAsync().WithTimeout();
        Assert.Empty(application.Errors);
    }

    [Fact]
    public async Task Each_call_has_a_scope_of_its_own_which_is_disposed_when_it_is_over()
    {
        await using var application = await TestApplication.StartAsync(o =>
        {
            o.Services = services => services.AddSingleton<ScopeLog>().AddScoped<ScopedThing>();
            o.WsCore = wsCore => wsCore.AddHooks<HooksWithAScope>();
        });
        var log = application.Services.GetRequiredService<ScopeLog>();
        await using var client = await application.ConnectAsync();
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal($"{i}", (await client.AckAsync("""{"type":"call","method":"m"}""")).Raw("payload"));
            Assert.Equal(i, log.Disposed);
        }

        await client.RefusedAsync("internal_error", """{"type":"call","method":"throw"}""");
        Assert.Equal(4, log.Disposed);
    }

    [Fact]
    public async Task Several_classes_of_hooks_are_asked_in_order_and_the_first_refusal_ends_it()
    {
        var script = new HookScript();
        var asked = new ConcurrentQueue<string>();
        await using var application = await TestApplication.StartAsync(script, o => o.WsCore = wsCore => wsCore.AddHooks<FirstHooks>().AddHooks<ScriptedHooks>());
        script.Calling = (call, _) =>
        {
            asked.Enqueue(call.Method);
            call.Reply(Payload.FromJson("2"));
            return default;
        };
        await using var client = await application.ConnectAsync();

        Assert.Equal("2", (await client.AckAsync("""{"type":"call","method":"pass"}""")).Raw("payload"));
        await client.RefusedAsync("forbidden", """{"type":"call","method":"refuse"}""");
        Assert.Equal(["pass"], asked);
    }

    [Fact]
    public async Task A_slow_hook_holds_up_its_own_connection_only_and_order_is_kept()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new HookScript
        {
            Broadcasting = async (broadcast, _) =>
            {
                if (broadcast.Connection.User == "slow" && broadcast.Event == "wait")
                {
                    await gate.Task;
                }
            },
        };
        await using var application = await TestApplication.StartAsync(script);
        await using var slow = await application.ConnectAsync("slow");
        await using var quick = await application.ConnectAsync("quick");
        await slow.JoinAsync("lobby");
        await quick.JoinAsync("lobby");
        await slow.SendAsync("""{"type":"broadcast","room":"lobby","payload":1,"event":"wait"}""");
        await slow.SendAsync("""{"type":"broadcast","room":"lobby","payload":2}""");
        await slow.SendAsync("""{"type":"ping","id":"later"}""");

        await quick.BroadcastAsync("lobby", "3", ""","echo":true""");
        Assert.Equal("3", Assert.Single(await quick.NewsAsync()).Json.Raw("payload"));
        Assert.Equal("3", (await slow.NextAsync("message")).Json.Raw("payload")); // it still receives

        gate.SetResult();
        await slow.ReplyAsync("later");
        Assert.Equal(["1", "2"], (await quick.NewsAsync()).Select(m => m.Json.Raw("payload")));
    }

    [Fact]
    public async Task A_hook_that_waits_is_told_when_its_connection_ends_and_a_cancelled_one_is_no_fault()
    {
        var waiting = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var script = new HookScript
        {
            Calling = async (_, cancellation) =>
            {
                waiting.SetResult();
                try
                {
                    await new TaskCompletionSource().Task.WaitAsync(cancellation);
                }
                catch (OperationCanceledException)
                {
                    cancelled.SetResult();
                    throw;
                }
            },
        };
        await using var application = await TestApplication.StartAsync(script);
        var socket = await application.ConnectRawAsync();
        await socket.SendTextAsync("""{"type":"call","method":"wait"}""");
        await waiting.Task.WithTimeout();
        socket.Reset();
        await socket.DisposeAsync();

        await cancelled.Task.WithTimeout();
        await application.IsEmptyAsync();
        Assert.Empty(application.Errors);
    }

    [Fact]
    public async Task A_client_that_answers_its_pings_is_not_given_up_because_a_hook_takes_long()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = new TaskCompletionSource();
        var script = new HookScript
        {
            Calling = async (call, _) =>
            {
                waiting.SetResult();
                await gate.Task;
                call.Reply(Payload.FromJson("1"));
            },
        };
        await using var application = await TestApplication.StartAsync(script, o => o.Time = new ManualTimeProvider());
        await using var socket = await application.ConnectRawAsync();
        var connection = await application.SingleConnectionAsync();
        await socket.SendTextAsync("""{"type":"call","id":"1","method":"wait"}""");
        await waiting.Task.WithTimeout();
        for (var i = 0; i < 60; i++)
        {
            application.Time.Advance(TimeSpan.FromSeconds(1));
            await socket.SendFrameAsync(RawOpcode.Pong, Array.Empty<byte>()); // on the wire, but nobody reads while the hook runs
        }

        var closing = connection.IsClosing;
        gate.SetResult();
        Assert.False(closing);
        Assert.Equal("""{"type":"ack","id":"1","payload":1}""", await socket.ReceiveTextAsync());
    }

    private sealed class ScopeLog
    {
        public int Made;
        public int Disposed;
    }

    private sealed class ScopedThing(ScopeLog log) : IAsyncDisposable
    {
        public int Number { get; } = Interlocked.Increment(ref log.Made);

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref log.Disposed);
            return default;
        }
    }

    private sealed class HooksWithAScope(ScopedThing thing, IServiceProvider provider) : Hooks
    {
        public override async ValueTask CallingAsync(CallContext context, CancellationToken cancellation)
        {
            await Task.Yield();
            Assert.Same(thing, provider.GetRequiredService<ScopedThing>()); // one per scope
            if (context.Method == "throw")
            {
                throw new InvalidOperationException("on purpose");
            }

            context.Reply(Payload.FromJson($"{thing.Number}"));
        }
    }

    private sealed class FirstHooks : Hooks
    {
        public override ValueTask CallingAsync(CallContext context, CancellationToken cancellation)
        {
            if (context.Method == "refuse")
            {
                context.Refuse("No.");
            }

            return default;
        }
    }
}
