using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Backplane;
using WsCore.ClusterTests.Bus;
using WsCore.Redis.Hosting;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Redis.Nodes;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Hosting;

/// <summary>The end of a node in a Redis that does not play along: a host whose services fail to stop ends with an error.</summary>
public sealed class RedisLifetimeTests
{
    private readonly RecordingLink _link = new();

    [Fact]
    public async Task StoppedAsync_TheStopIsCancelledFirst_IsNoFailure()
    {
        var asked = new TaskCompletionSource();
        _link.Run = _ =>
        {
            asked.TrySetResult();
            return new ValueTask<Reply>(new TaskCompletionSource<Reply>().Task);
        };
        using var patience = new CancellationTokenSource();
        var stopped = CreateLifetime().StoppedAsync(patience.Token);
        await asked.Task.WithTimeout();
        Assert.False(stopped.IsCompleted);

        await patience.CancelAsync();

        await stopped.WithTimeout();
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task StoppedAsync_WhateverRedisAnswers_IsNoFailure(Exception failure)
    {
        var asked = 0;
        _link.Run = _ =>
        {
            asked++;
            throw failure;
        };

        await CreateLifetime().StoppedAsync(CancellationToken.None).WithTimeout();

        Assert.Equal(1, asked);
    }

    public static TheoryData<Exception> Failures => [new UnavailableException("Away."), new InvalidOperationException("The script depart failed: WRONGTYPE")];

    private RedisLifetime CreateLifetime() => new(
        node: null!, // it is only there to be made first
        _link,
        new NodeDirectory(_link, new RedisKeys("test"), "a", TimeSpan.FromSeconds(15), () => throw new NotSupportedException(), NullLogger<NodeDirectory>.Instance));
}
