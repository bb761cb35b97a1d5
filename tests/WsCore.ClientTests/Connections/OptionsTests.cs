using WsCore.ClientTests.Script;

namespace WsCore.ClientTests.Connections;

/// <summary>What a client is made with is checked when it is made.</summary>
public sealed class OptionsTests
{
    /// <summary>Each out of its range.</summary>
    public static TheoryData<string, WsClientOptions> Wrong
    {
        get
        {
            var good = new WsClientOptions();
            return new()
            {
                { "ConnectTimeout", good with { ConnectTimeout = TimeSpan.Zero } },
                { "ConnectTimeout", good with { ConnectTimeout = TimeSpan.FromMinutes(11) } },
                { "RequestTimeout", good with { RequestTimeout = Timeout.InfiniteTimeSpan } },
                { "RepeatFor", good with { RepeatFor = TimeSpan.FromHours(2) } },
                { "BackoffBase", good with { BackoffBase = TimeSpan.Zero } },
                { "BackoffCap", good with { BackoffCap = TimeSpan.FromMilliseconds(100) } },
                { "StableAfter", good with { StableAfter = TimeSpan.FromSeconds(-1) } },
                { "MaxPending", good with { MaxPending = 0 } },
                { "MaxPendingBytes", good with { MaxPendingBytes = 1023 } },
                { "InboxSize", good with { InboxSize = 0 } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void An_option_out_of_its_range_is_named(string name, WsClientOptions options)
    {
        var thrown = Assert.ThrowsAny<ArgumentException>(() => { _ = new WsClient(new Uri("ws://localhost/ws"), options); });

        Assert.Contains(name, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_those_that_are_documented()
    {
        var options = new WsClientOptions();

        Assert.Equal((1000, 4 << 20, 1000, true), (options.MaxPending, options.MaxPendingBytes, options.InboxSize, options.Pace));
        Assert.Equal((15, 10, 120, 10), (options.ConnectTimeout.TotalSeconds, options.RequestTimeout.TotalSeconds, options.RepeatFor.TotalSeconds, options.StableAfter.TotalSeconds));
        Assert.Equal((0.5, 20), (options.BackoffBase.TotalSeconds, options.BackoffCap.TotalSeconds));
    }

    [Fact]
    public async Task Options_at_the_ends_of_their_ranges_are_taken()
    {
        var (least, hour) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        var small = new WsClientOptions
        {
            ConnectTimeout = least, RequestTimeout = least, RepeatFor = least, BackoffBase = least, BackoffCap = least, StableAfter = TimeSpan.Zero,
            MaxPending = 1, MaxPendingBytes = 1024, InboxSize = 1,
        };
        var large = new WsClientOptions
        {
            ConnectTimeout = TimeSpan.FromMinutes(10), RequestTimeout = TimeSpan.FromMinutes(10), RepeatFor = hour, BackoffBase = hour, BackoffCap = hour, StableAfter = hour,
            MaxPending = 1_000_000, MaxPendingBytes = 1 << 30, InboxSize = 1_000_000,
        };
        foreach (var options in new[] { small, large })
        {
            await using var client = new WsClient(new Uri("ws://localhost/ws"), options);
            Assert.Equal(ClientState.New, client.State);
        }
    }

    [Theory]
    [InlineData("http://localhost/ws")]
    [InlineData("/ws")]
    public void An_address_of_no_WebSocket_is_refused(string address) =>
        Assert.ThrowsAny<ArgumentException>(() => { _ = new WsClient(new Uri(address, UriKind.RelativeOrAbsolute)); });

    [Fact]
    public async Task Arguments_that_can_never_be_right_are_refused_and_nothing_is_sent()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.JoinAsync(""));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.LeaveAsync(""));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.BroadcastAsync("", Payload.Null));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.BroadcastAsync([], Payload.Null));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.BroadcastAsync([.. Enumerable.Range(0, 17).Select(i => $"{i}")], Payload.Null));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.SendAsync("", Payload.Null));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.CallAsync(""));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.ShowAsync("lobby", Payload.FromBinary(new byte[1])));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.JoinAsync("lobby", new JoinOptions { State = Payload.FromBinary(new byte[1]) }));

        await script.Connection.NothingMoreAsync(script.Client);
    }
}
