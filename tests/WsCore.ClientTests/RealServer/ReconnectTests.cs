using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.RealServer;

/// <summary>Connections that a real server loses, cuts and sends elsewhere.</summary>
public sealed class ReconnectTests
{
    [Fact]
    public async Task Who_is_cut_off_again_and_again_misses_nothing_and_gets_nothing_twice()
    {
        const int Messages = 400;
        await using var application = await StartWithHistoryAsync();
        await using var writer = await application.ConnectClientAsync();
        await using var reader = await application.ConnectClientAsync(configure: options => options with { InboxSize = 16 });
        await writer.JoinAsync("lobby").WithTimeout();
        await reader.JoinAsync("lobby").WithTimeout();
        var reading = reader.ReadAsync(Messages);
        for (var i = 1; i <= Messages; i++)
        {
            if (i % 20 == 0)
            {
                application.CutConnections();
            }

            await writer.BroadcastAsync("lobby", Payload.FromText($"{i}")).WithTimeout();
        }

        var read = await reading;
        Assert.Equal(Enumerable.Range(1, Messages).Select(i => (long)i), read.Select(message => message.Position!.Value.Seq));
        Assert.Equal(Enumerable.Range(1, Messages).Select(i => $"\"{i}\""), read.Select(message => message.Payload.ToString()));
        await foreach (var happened in reader.ReadEventsAsync())
        {
            Assert.IsNotType<GapEvent>(happened);
            if (happened is ConnectedEvent { Welcome.Connection: var id } && id == reader.Welcome!.Connection)
            {
                break; // the newest
            }
        }
    }

    [Fact]
    public async Task A_broadcast_whose_answer_was_lost_takes_effect_once()
    {
        var first = 1;
        TestApplication? server = null;
        var script = new HookScript
        {
            Broadcasting = (_, _) =>
            {
                if (Interlocked.Exchange(ref first, 0) == 1)
                {
                    server!.CutConnections(); // it is taken all the same
                }

                return default;
            },
        };
        await using var application = server = await TestApplication.StartAsync(script, KeepHistory);
        await using var ada = await application.ConnectClientAsync();
        await ada.JoinAsync("lobby").WithTimeout();
        var ack = await ada.BroadcastAsync("lobby", Payload.FromText("once")).WithTimeout();

        Assert.Equal((true, 1), (ack.IsDuplicate, ack.Position!.Value.Seq));
        var page = await ada.HistoryAsync("lobby").WithTimeout();
        Assert.Equal("\"once\"", Assert.Single(page.Messages).Payload.ToString());
    }

    [Fact]
    public async Task Many_broadcasts_over_many_cuts_each_take_effect_once_and_in_their_order()
    {
        const int Messages = 300;
        await using var application = await StartWithHistoryAsync();
        await using var ada = await application.ConnectClientAsync();
        await ada.JoinAsync("lobby").WithTimeout();
        var acks = new List<Task<Ack>>();
        for (var i = 0; i < Messages; i++)
        {
            acks.Add(ada.BroadcastAsync("lobby", Payload.FromText($"{i}")));
            if (i % 50 == 25)
            {
                await acks[i - 20].WithTimeout();
                application.CutConnections();
            }
        }

        await Task.WhenAll(acks).WithTimeout();
        var page = await ada.HistoryAsync("lobby", limit: 1000).WithTimeout();
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"\"{i}\""), page.Messages.Select(message => message.Payload.ToString()));
        foreach (var (message, ack) in page.Messages.Zip(acks))
        {
            Assert.Equal(message.Position, (await ack).Position);
        }
    }

    [Fact]
    public async Task A_restarted_server_has_lost_the_past_and_that_is_told()
    {
        await using var before = await StartWithHistoryAsync();
        var connector = new SwitchingConnector(before.Address, RealClients.Options);
        await using var ada = new WsClient(connector, RealClients.Options);
        await ada.ConnectAsync().WithTimeout();
        await ada.JoinAsync("lobby").WithTimeout();
        await ada.BroadcastAsync("lobby", Payload.Null).WithTimeout();
        await using var after = await StartWithHistoryAsync();
        connector.Address = after.Address;
        before.CutConnections();

        var gap = await ada.EventAsync<GapEvent>();
        Assert.Equal(("lobby", 1L, 0L), (gap.Room, gap.Before!.Value.Seq, gap.After!.Value.Seq));
        Assert.NotEqual(gap.Before.Value.Epoch, gap.After.Value.Epoch);
        Assert.Equal(1, (await ada.BroadcastAsync("lobby", Payload.Null).WithTimeout()).Position!.Value.Seq);
        await ada.DisposeAsync(); // before the server that it would come back to
    }

    [Fact]
    public async Task A_server_that_stops_is_left_for_the_next_one_and_no_request_fails()
    {
        await using var before = await StartWithHistoryAsync();
        await using var after = await StartWithHistoryAsync();
        var connector = new SwitchingConnector(before.Address, RealClients.Options);
        await using var ada = new WsClient(connector, RealClients.Options);
        await ada.ConnectAsync().WithTimeout();
        await ada.JoinAsync("lobby").WithTimeout();
        var first = ada.Welcome!.Connection;
        using var stop = new CancellationTokenSource();
        var talking = TalkAsync();
        connector.Address = after.Address;
        await before.StopAsync().WithTimeout();

        ConnectedEvent connected;
        do
        {
            connected = await ada.EventAsync<ConnectedEvent>();
        }
        while (connected.Welcome.Connection == first);

        await stop.CancelAsync();
        await talking.WithTimeout();
        await ada.BroadcastAsync("lobby", Payload.Null).WithTimeout();
        Assert.Equal(1, after.ConnectionCount);
        Assert.Equal(0, before.DrainCut);

        async Task TalkAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                await ada.BroadcastAsync("lobby", Payload.Null).WithTimeout();
            }
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_is_waited_for()
    {
        var port = WsCore.TestKit.Net.FreePort.Next();
        await using var ada = new WsClient(new Uri($"ws://127.0.0.1:{port}/ws"), RealClients.Options);
        var connecting = ada.ConnectAsync();
        Assert.Equal(1006, (await ada.EventAsync<DisconnectedEvent>()).CloseCode);
        await using var application = await TestApplication.StartAsync(options => options.Kestrel = kestrel => kestrel.ListenLocalhost(port));

        await connecting.WithTimeout();
        await ada.DisposeAsync(); // before the server that it would come back to
    }

    private static Task<TestApplication> StartWithHistoryAsync() => TestApplication.StartAsync(KeepHistory);

    private static void KeepHistory(TestApplicationOptions options)
    {
        var configure = options.Options;
        options.Options = wsCore =>
        {
            configure?.Invoke(wsCore);
            wsCore.Namespaces["default"] = new() { History = { Size = 1000 } };
        };
    }
}
