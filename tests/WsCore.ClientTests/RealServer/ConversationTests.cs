using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.RealServer;

/// <summary>Everything that a client can ask, against a real server.</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task Ada_says_and_grace_hears()
    {
        await using var application = await TestApplication.StartAsync();
        await using var ada = await application.ConnectClientAsync("ada");
        await using var grace = await application.ConnectClientAsync("grace");
        Assert.Equal(("ada", 65_536), (ada.Welcome!.User, ada.Welcome.MaxMessageBytes));
        await ada.JoinAsync("lobby é").WithTimeout();
        await grace.JoinAsync("lobby é").WithTimeout();
        await ada.BroadcastAsync("lobby é", Payload.FromJson("""{"x": 1.50}"""u8.ToArray()), new BroadcastOptions { Event = "hello", Key = "k" }).WithTimeout();
        await ada.BroadcastAsync("lobby é", Payload.FromBinary(new byte[] { 0, 1, 255 })).WithTimeout();
        Assert.True(ada.Post("lobby é", Payload.FromText("\"posted\" é😀"), new BroadcastOptions { Ephemeral = true }));

        var heard = await grace.ReadAsync(3);
        Assert.Equal(("lobby é", "hello", "k", """{"x": 1.50}"""), (heard[0].Room, heard[0].Event, heard[0].Key, heard[0].Payload.ToString()));
        Assert.Equal((new Sender(ada.Welcome.Connection, "ada"), false), (heard[0].From, heard[0].IsOwn));
        Assert.Equal(Payload.FromBinary(new byte[] { 0, 1, 255 }), heard[1].Payload);
        Assert.Equal(Payload.FromText("\"posted\" é😀"), heard[2].Payload);
    }

    [Fact]
    public async Task An_echo_is_told_as_own()
    {
        await using var application = await StartWithHistoryAsync();
        await using var ada = await application.ConnectClientAsync();
        await ada.JoinAsync("lobby").WithTimeout();
        for (var i = 0; i < 20; i++)
        {
            await ada.BroadcastAsync("lobby", Payload.FromText($"{i}"), new BroadcastOptions { Echo = i % 2 == 0 }).WithTimeout();
        }

        var heard = await ada.ReadAsync(10);
        Assert.All(heard, message => Assert.True(message.IsOwn));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)((2 * i) + 1)), heard.Select(message => message.Position!.Value.Seq));
    }

    [Fact]
    public async Task Several_rooms_take_a_message_together()
    {
        await using var application = await StartWithHistoryAsync();
        await using var ada = await application.ConnectClientAsync();
        await ada.JoinAsync("a").WithTimeout();
        await ada.JoinAsync("b").WithTimeout();
        await ada.BroadcastAsync("a", Payload.Null).WithTimeout();
        var ack = await ada.BroadcastAsync(["a", "b"], Payload.Null).WithTimeout();

        Assert.Equal([("a", 2L), ("b", 1L)], ack.Results.Select(result => (result.Room, result.Position!.Value.Seq)));
    }

    [Fact]
    public async Task A_user_is_sent_to_on_all_connections()
    {
        await using var application = await TestApplication.StartAsync();
        await using var ada = await application.ConnectClientAsync("ada");
        await using var first = await application.ConnectClientAsync("grace");
        await using var second = await application.ConnectClientAsync("grace");
        await ada.SendAsync("grace", Payload.FromText("you"), new BroadcastOptions { Event = "invitation" }).WithTimeout();

        foreach (var client in new[] { first, second })
        {
            var message = Assert.Single(await client.ReadAsync(1));
            Assert.Equal(("grace", "invitation", "\"you\""), (message.To, message.Event, message.Payload.ToString()));
        }
    }

    [Fact]
    public async Task Members_come_go_and_change()
    {
        await using var application = await TestApplication.StartAsync(options => options.Options = wsCore =>
        {
            wsCore.Namespaces["default"] = new() { Presence = true };
            wsCore.Namespaces["user"] = new() { Presence = true };
        });
        await using var ada = await application.ConnectClientAsync("ada");
        Assert.Equal(1, (await ada.JoinAsync("lobby", new JoinOptions { State = Payload.FromText("here") }).WithTimeout()).Count);
        await using (var grace = await application.ConnectClientAsync("grace"))
        {
            Assert.Equal(2, (await grace.JoinAsync("lobby").WithTimeout()).Count);
            var who = new Sender(grace.Welcome!.Connection, "grace");
            Assert.Equal(new PresenceEvent("lobby", PresenceKind.Joined, who, null, 2), await ada.EventAsync<PresenceEvent>());
            await grace.ShowAsync("lobby", Payload.FromText("busy")).WithTimeout();
            Assert.Equal(new PresenceEvent("lobby", PresenceKind.Updated, who, Payload.FromText("busy"), 2), await ada.EventAsync<PresenceEvent>());

            var page = await ada.MembersAsync("lobby", limit: 1).WithTimeout();
            Assert.Equal((2, true), (page.Count, page.HasMore));
            var rest = await ada.MembersAsync("lobby", limit: 10, after: page.Members[0].User).WithTimeout();
            Assert.Equal([("ada", "\"here\""), ("grace", "\"busy\"")], page.Members.Concat(rest.Members).Select(member => (member.User!, member.State!.Value.ToString())).Order());
            Assert.Equal(["grace", "ada"], await ada.OnlineAsync(["grace", "nobody", "ada"]).WithTimeout());
            await grace.LeaveAsync("lobby").WithTimeout();
            Assert.Equal(new PresenceEvent("lobby", PresenceKind.Left, who, null, 1), await ada.EventAsync<PresenceEvent>());
        }
    }

    [Fact]
    public async Task History_is_read_page_by_page()
    {
        await using var application = await StartWithHistoryAsync();
        await using var ada = await application.ConnectClientAsync();
        await ada.JoinAsync("lobby").WithTimeout();
        for (var i = 1; i <= 25; i++)
        {
            await ada.BroadcastAsync("lobby", i % 2 == 0 ? Payload.FromBinary(new[] { (byte)i }) : Payload.FromText($"{i}")).WithTimeout();
        }

        var read = new List<Message>();
        Position? since = null;
        HistoryPage page;
        do
        {
            page = await ada.HistoryAsync("lobby", since, limit: 10).WithTimeout();
            Assert.Equal((since?.Seq ?? 0) + 1, page.First);
            read.AddRange(page.Messages);
            since = page.Last;
        }
        while (page.HasMore);

        Assert.Equal(Enumerable.Range(1, 25).Select(i => (long)i), read.Select(message => message.Position!.Value.Seq));
        Assert.Equal(Payload.FromBinary(new byte[] { 24 }), read[23].Payload);
        Assert.All(read, message => Assert.True(message.IsOwn));
    }

    [Fact]
    public async Task The_application_is_called_and_may_refuse()
    {
        var script = new HookScript
        {
            Calling = (context, _) =>
            {
                if (context.Method == "no")
                {
                    context.Refuse("sold_out", "None is left.");
                }
                else
                {
                    context.Reply(context.Payload);
                }

                return default;
            },
        };
        await using var application = await TestApplication.StartAsync(script);
        await using var ada = await application.ConnectClientAsync();

        Assert.Equal("[1.0]", (await ada.CallAsync("echo", Payload.FromJson("[1.0]"u8.ToArray())).WithTimeout()).ToString());
        var thrown = await Assert.ThrowsAsync<RequestException>(() => ada.CallAsync("no").WithTimeout());
        Assert.Equal(("sold_out", "None is left."), (thrown.Code, thrown.Message));
    }

    [Fact]
    public async Task What_is_refused_is_told_and_the_connection_goes_on()
    {
        await using var application = await TestApplication.StartAsync();
        await using var ada = await application.ConnectClientAsync();

        Assert.Equal("not_joined", (await Assert.ThrowsAsync<RequestException>(() => ada.BroadcastAsync("lobby", Payload.Null).WithTimeout())).Code);
        Assert.Equal("invalid_message", (await Assert.ThrowsAsync<RequestException>(() => ada.JoinAsync("my room:7").WithTimeout())).Code);
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<RequestException>(() => ada.OnlineAsync(["ada"]).WithTimeout())).Code);
        Assert.True(await ada.PingAsync().WithTimeout() > TimeSpan.Zero);
    }

    [Fact]
    public async Task Who_is_removed_is_told_and_who_is_disconnected_does_not_come_back()
    {
        await using var application = await TestApplication.StartAsync();
        await using var ada = await application.ConnectClientAsync("ada");
        await ada.JoinAsync("lobby").WithTimeout();
        await application.WsCore.RemoveUserAsync("lobby", "ada").WithTimeout();
        Assert.Equal("lobby", (await ada.EventAsync<RemovedEvent>()).Room);
        await application.WsCore.DisconnectUserAsync("ada", "Enough.").WithTimeout();

        var thrown = await Assert.ThrowsAsync<ConnectionClosedException>(() => ada.Completion.WithTimeout());
        Assert.Equal(4004, thrown.CloseCode);
        await application.IsEmptyAsync();
    }

    [Fact]
    public async Task A_place_that_there_is_not_is_not_looked_for_again()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = new WsClient(new Uri(application.Address, "/nowhere"), RealClients.Options);

        var thrown = await Assert.ThrowsAsync<ConnectionClosedException>(() => client.ConnectAsync().WithTimeout());
        Assert.Contains("404", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_is_a_normal_end_for_the_server()
    {
        var closed = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new HookScript
        {
            Closed = context =>
            {
                closed.TrySetResult(context.Code);
                return default;
            },
        };
        await using var application = await TestApplication.StartAsync(script);
        await using (await application.ConnectClientAsync())
        {
        }

        Assert.Equal(1000, await closed.Task.WithTimeout());
    }

    private static Task<TestApplication> StartWithHistoryAsync() =>
        TestApplication.StartAsync(options => options.Options = wsCore => wsCore.Namespaces["default"] = new() { History = { Size = 1000 } });
}
