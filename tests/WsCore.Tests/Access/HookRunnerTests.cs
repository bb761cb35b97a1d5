using Microsoft.Extensions.DependencyInjection;
using WsCore.Access;
using WsCore.Connections;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Access;

public sealed class HookRunnerTests : IDisposable
{
    private readonly List<string> _calls = [];
    private readonly TestNode _node;
    private readonly HookRunner _runner;
    private readonly Connection _connection;

    public HookRunnerTests()
    {
        _node = new TestNode(build: builder =>
        {
            builder.Services.AddSingleton(_calls).AddScoped<Scoped>();
            builder.AddHooks<First>().AddHooks<OnlyCalls>().AddHooks<Second>();
        });
        _runner = _node.Get<HookRunner>();
        _connection = _node.Connect().Connection;
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Of_WhatIsOverridden_IsWhatIsWanted()
    {
        Assert.Equal(HookPoints.None, HookRegistration.Of<Nothing>().Points);
        Assert.Equal(HookPoints.Joining | HookPoints.Delivered, HookRegistration.Of<First>().Points);
        Assert.Equal(HookPoints.Joining | HookPoints.Delivered, HookRegistration.Of<InheritsFirst>().Points);
        Assert.Equal(HookPoints.Calling, HookRegistration.Of<OnlyCalls>().Points);
        Assert.Equal(
            HookPoints.Opening | HookPoints.Joining | HookPoints.Broadcasting | HookPoints.Calling | HookPoints.Delivered | HookPoints.Closed,
            HookRegistration.Of<Everything>().Points);
    }

    [Fact]
    public void Wants_WhatAnyWants()
    {
        Assert.True(_runner.Wants(HookPoints.Joining));
        Assert.True(_runner.Wants(HookPoints.Calling));
        Assert.True(_runner.Wants(HookPoints.Closed | HookPoints.Delivered));
        Assert.False(_runner.Wants(HookPoints.Opening | HookPoints.Closed | HookPoints.Broadcasting));
        using var without = new TestNode();
        Assert.False(without.Get<HookRunner>().Wants((HookPoints)~0));
    }

    [Fact]
    public async Task Hooks_AreAskedInOrderEachInAScopeOfItsOwn()
    {
        await _runner.JoiningAsync(new JoinContext(_connection, "a")).WithTimeout();

        Assert.Equal(["first joining a in 1", "scope 1 disposed", "second joining a in 2", "scope 2 disposed"], _calls);
    }

    [Fact]
    public async Task Refusal_StopsTheRound()
    {
        var context = new JoinContext(_connection, "forbidden");
        await _runner.JoiningAsync(context).WithTimeout();

        Assert.Equal(["first joining forbidden in 1", "scope 1 disposed"], _calls);
        Assert.Equal(("forbidden", "because"), (context.RefusedCode, context.RefusedReason));
    }

    [Fact]
    public async Task Exception_ComesOutAfterItsScopeWasDisposed()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _runner.JoiningAsync(new JoinContext(_connection, "throw")));

        Assert.Equal("scope 1 disposed", _calls[^1]);
    }

    [Fact]
    public async Task Delivered_CannotBeRefused_AllHear()
    {
        await _runner.DeliveredAsync(new DeliveredContext(_connection, "a", null, null, Payload.FromText("x"))).WithTimeout();

        Assert.Equal(["first delivered", "second delivered"], _calls.Where(call => call.Contains("delivered")));
    }

    [Fact]
    public async Task Token_IsTheConnectionsEnd()
    {
        var context = new CallContext(_connection, "wait", default);
        var calling = _runner.CallingAsync(context).AsTask();
        Assert.False(calling.IsCompleted);
        await _connection.EndAsync().WithTimeout();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling.WithTimeout());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("with space")]
    [InlineData("with-dash")]
    [InlineData("ü")]
    [InlineData(null)]
    public void Refuse_CodeOfAnotherForm_Throws(string? code)
    {
        var context = new JoinContext(_connection, "a");
        Assert.Throws<ArgumentException>(() => context.Refuse(code!, "x"));
        Assert.False(context.IsRefused);
    }

    [Fact]
    public void Refuse_CodeOf64_IsTaken_65Throws()
    {
        var context = new JoinContext(_connection, "a");
        Assert.Throws<ArgumentException>(() => context.Refuse(new string('a', 65), "x"));
        Assert.Throws<ArgumentNullException>(() => context.Refuse("a", null!));
        context.Refuse(new string('a', 64), "x");
        Assert.True(context.IsRefused);
    }

    private sealed class Scoped(List<string> calls) : IDisposable
    {
        private readonly int _number = calls.Count(call => call.EndsWith("disposed", StringComparison.Ordinal)) + 1;

        public override string ToString() => $"{_number}";

        public void Dispose() => calls.Add($"scope {_number} disposed");
    }

    private class First(List<string> calls, Scoped scoped) : Hooks
    {
        public override async ValueTask JoiningAsync(JoinContext context, CancellationToken cancellation)
        {
            await Task.Yield();
            calls.Add($"first joining {context.Room} in {scoped}");
            if (context.Room == "forbidden")
            {
                context.Refuse("because");
            }
            else if (context.Room == "throw")
            {
                throw new InvalidOperationException();
            }
        }

        public override ValueTask DeliveredAsync(DeliveredContext context, CancellationToken cancellation)
        {
            calls.Add("first delivered");
            return default;
        }
    }

    private sealed class InheritsFirst(List<string> calls, Scoped scoped) : First(calls, scoped);

    private sealed class Second(List<string> calls, Scoped scoped) : Hooks
    {
        public override ValueTask JoiningAsync(JoinContext context, CancellationToken cancellation)
        {
            calls.Add($"second joining {context.Room} in {scoped}");
            return default;
        }

        public override ValueTask DeliveredAsync(DeliveredContext context, CancellationToken cancellation)
        {
            calls.Add("second delivered");
            return default;
        }
    }

    private sealed class OnlyCalls : Hooks
    {
        public override async ValueTask CallingAsync(CallContext context, CancellationToken cancellation) =>
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
    }

    private sealed class Nothing : Hooks;

    private sealed class Everything : Hooks
    {
        public override ValueTask OpeningAsync(OpeningContext context, CancellationToken cancellation) => default;

        public override ValueTask JoiningAsync(JoinContext context, CancellationToken cancellation) => default;

        public override ValueTask BroadcastingAsync(BroadcastContext context, CancellationToken cancellation) => default;

        public override ValueTask CallingAsync(CallContext context, CancellationToken cancellation) => default;

        public override ValueTask DeliveredAsync(DeliveredContext context, CancellationToken cancellation) => default;

        public override ValueTask ClosedAsync(ClosedContext context) => default;
    }
}
