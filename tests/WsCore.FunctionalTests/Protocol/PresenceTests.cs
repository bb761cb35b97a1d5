using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Protocol;

/// <summary>Who comes, goes and changes is told to those who are there.</summary>
public sealed class PresenceTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_user_with_two_connections_joins_once_and_leaves_once()
    {
        await using var application = await StartAsync();
        await using var grace = await application.ConnectAsync("grace");
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        await grace.JoinAsync("tea");

        Assert.Equal(2, (await laptop.JoinAsync("tea")).Number("count"));
        Assert.Equal(2, (await phone.JoinAsync("tea")).Number("count"));
        Assert.Equal($$"""{"type":"joined","room":"tea","user":"ada","connection":"{{laptop.Id}}","count":2}""", Assert.Single(await grace.NewsAsync()).Raw);
        await laptop.LeaveAsync("tea");
        await grace.ExpectNothingAsync();
        await phone.LeaveAsync("tea");
        Assert.Equal($$"""{"type":"left","room":"tea","user":"ada","connection":"{{phone.Id}}","count":1}""", Assert.Single(await grace.NewsAsync()).Raw);
        await laptop.ExpectNothingAsync(); // nobody is told of itself
        await phone.ExpectNothingAsync();
    }

    [Fact]
    public async Task Anonymous_connections_are_members_each()
    {
        await using var application = await StartAsync();
        await using var first = await application.ConnectAsync();
        await using var second = await application.ConnectAsync();
        await first.JoinAsync("tea");
        await second.JoinAsync("tea");
        await second.LeaveAsync("tea");

        Assert.Equal(
            [$$"""{"type":"joined","room":"tea","connection":"{{second.Id}}","count":2}""", $$"""{"type":"left","room":"tea","connection":"{{second.Id}}","count":1}"""],
            (await first.NewsAsync()).Select(message => message.Raw));
    }

    [Theory]
    [InlineData("ada")]
    [InlineData(null)]
    public async Task Who_disconnects_is_listed_for_five_seconds_and_then_has_left(string? user)
    {
        await using var application = await StartAsync();
        await using var grace = await application.ConnectAsync("grace");
        await using var lost = await application.ConnectAsync(user);
        await grace.JoinAsync("tea");
        await lost.JoinAsync("tea");
        await grace.NewsAsync();
        await DisconnectAsync(application, lost);

        application.Time.Advance(Grace - TimeSpan.FromSeconds(1));
        await grace.ExpectNothingAsync();
        var members = await grace.AckAsync("""{"type":"members","room":"tea"}""");
        Assert.Equal(2, members.Number("count"));
        var listed = members.Items("members").Single(member => member.Text("user") != "grace");
        Assert.Equal((user, 0), (listed.Text("user"), listed.Number("connections")));
        Assert.Equal(user is null ? lost.Id : null, listed.Text("connection"));

        application.AdvancePast(TimeSpan.FromSeconds(1));
        var left = Assert.Single(await grace.NewsAsync()).Json;
        Assert.Equal(("left", user, lost.Id, 1), (left.Text("type"), left.Text("user"), left.Text("connection"), left.Number("count")));
        Assert.Equal(1, (await grace.AckAsync("""{"type":"members","room":"tea"}""")).Number("count"));
    }

    [Fact]
    public async Task A_user_who_is_back_in_time_was_never_away()
    {
        await using var application = await StartAsync();
        await using var grace = await application.ConnectAsync("grace");
        await using var first = await application.ConnectAsync("ada");
        await grace.JoinAsync("tea");
        await first.JoinAsync("tea");
        await grace.NewsAsync();
        await DisconnectAsync(application, first);
        application.Time.Advance(Grace - TimeSpan.FromSeconds(1));
        await using var second = await application.ConnectAsync("ada");
        Assert.Equal(2, (await second.JoinAsync("tea")).Number("count"));
        application.AdvancePast(Grace * 2);

        await grace.ExpectNothingAsync();
        await using var bob = await application.ConnectAsync("bob");
        await bob.JoinAsync("tea");
        Assert.Equal("bob", Assert.Single(await second.NewsAsync()).Json.Text("user")); // and hears the others again
    }

    [Fact]
    public async Task A_state_is_shown_to_who_is_there_and_to_who_comes()
    {
        await using var application = await StartAsync();
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await grace.JoinAsync("tea");
        await laptop.AckAsync("""{"type":"join","rooms":["side",{"room":"tea","state":{"mood": "good"}}]}""");
        await phone.JoinAsync("tea");
        Assert.Equal("""{"mood": "good"}""", Assert.Single(await grace.NewsAsync()).Json.Raw("state"));

        var ack = await laptop.AckAsync("""{"type":"state","room":"tea","state":[1]}""");
        Assert.Equal(["type", "id"], ack.Names());
        var updated = $$"""{"type":"updated","room":"tea","user":"ada","connection":"{{laptop.Id}}","state":[1],"count":2}""";
        Assert.Equal(updated, Assert.Single(await grace.NewsAsync()).Raw);
        Assert.Equal(updated, Assert.Single(await phone.NewsAsync()).Raw); // the user's other connections want to know
        await laptop.ExpectNothingAsync();

        var joined = await phone.AckAsync("""{"type":"join","room":"tea","state":2,"members":true}""");
        Assert.Equal("2", joined.Items("members")[0].Raw("state"));
        Assert.False(joined.Items("members")[1].Has("state"));
        Assert.Equal("2", Assert.Single(await grace.NewsAsync()).Json.Raw("state"));
        var members = await application.WsCore.MembersAsync("tea");
        Assert.Equal(("ada", "2"), (members[0].User, members[0].State.ToString()));
        Assert.Null(members[1].State);
    }

    [Fact]
    public async Task Whoever_may_not_show_a_state_is_told_why()
    {
        await using var application = await StartAsync();
        await using var client = await application.ConnectAsync("ada");
        await client.RefusedAsync("not_joined", """{"type":"state","room":"tea","state":1}""");
        await client.JoinAsync("quiet:1");
        var refused = await client.RefusedAsync("forbidden", """{"type":"state","room":"quiet:1","state":1}""");
        Assert.Contains("presence", refused.Text("message"), StringComparison.Ordinal);
        await client.RefusedAsync("forbidden", """{"type":"state","room":"user:ada","state":1}""");

        await client.JoinAsync("tea");
        var large = await client.RefusedAsync("too_large", $$"""{"type":"state","room":"tea","state":"{{new string('x', 1023)}}"}""");
        Assert.Contains("'state'", large.Text("message"), StringComparison.Ordinal);
        await client.AckAsync($$"""{"type":"state","room":"tea","state":"{{new string('x', 1022)}}"}""");
    }

    [Fact]
    public async Task Without_presence_nothing_is_counted_listed_or_announced()
    {
        await using var application = await StartAsync();
        await using var ada = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await ada.JoinAsync("quiet:1");
        Assert.Equal(["type", "id", "room"], (await grace.AckAsync("""{"type":"join","room":"quiet:1","members":true,"state":1}""")).Names());
        await grace.LeaveAsync("quiet:1");

        await ada.ExpectNothingAsync();
        await ada.RefusedAsync("forbidden", """{"type":"members","room":"quiet:1"}""");
        Assert.Null(Assert.Single(await application.WsCore.MembersAsync("quiet:1")).State);
    }

    [Fact]
    public async Task Who_is_not_in_the_room_may_not_ask()
    {
        await using var application = await StartAsync();
        await using var ada = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await ada.JoinAsync("tea");

        await grace.RefusedAsync("not_joined", """{"type":"members","room":"tea"}""");
        await ada.LeaveAsync("tea");
        await ada.RefusedAsync("not_joined", """{"type":"members","room":"tea"}""");
        await grace.ExpectNothingAsync();
    }

    [Fact]
    public async Task Whom_the_application_removes_has_left_at_once()
    {
        await using var application = await StartAsync();
        await using var grace = await application.ConnectAsync("grace");
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        foreach (var client in (ChatClient[])[grace, laptop, phone])
        {
            await client.JoinAsync("tea");
        }

        await grace.NewsAsync();
        await application.WsCore.RemoveUserAsync("tea", "ada");

        var left = Assert.Single(await grace.NewsAsync()).Json;
        Assert.Equal(("left", "ada", 1), (left.Text("type"), left.Text("user"), left.Number("count")));
        Assert.Equal("removed", Assert.Single(await laptop.NewsAsync()).Type);
        Assert.Equal("removed", Assert.Single(await phone.NewsAsync()).Type);
    }

    [Fact]
    public async Task Who_is_connected_is_told_in_the_order_asked()
    {
        await using var application = await StartAsync();
        await using var ada = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await using var nobody = await application.ConnectAsync();

        var ack = await nobody.AckAsync("""{"type":"online","users":["grace","bob","ada","grace"]}""");
        Assert.Equal(["type", "id", "users"], ack.Names());
        Assert.Equal("""["grace","ada"]""", ack.Raw("users"));
        await grace.CloseAsync();
        await Eventually.Equal(2, () => application.Node.Connections.Count);
        Assert.Equal("""["ada"]""", (await nobody.AckAsync("""{"type":"online","users":["grace","ada"]}""")).Raw("users"));
        Assert.Equal("[]", (await nobody.AckAsync("""{"type":"online","users":["grace"]}""")).Raw("users"));
        Assert.Equal(["ada"], await application.WsCore.OnlineAsync(["ada", "grace", "ada"]));
        await Assert.ThrowsAsync<ArgumentException>(() => application.WsCore.OnlineAsync(["ada", ""]).AsTask());
        await nobody.SendAsync("""{"type":"online","users":["ada"]}"""); // without an id nobody asks
        await nobody.ExpectNothingAsync();
    }

    [Fact]
    public async Task Where_it_is_not_allowed_the_refusal_names_the_setting()
    {
        await using var application = await TestApplication.StartAsync();
        await using var ada = await application.ConnectAsync("ada");

        var refused = await ada.RefusedAsync("forbidden", """{"type":"online","users":["ada"]}""");
        Assert.Contains("Namespaces:user:Presence", refused.Text("message"), StringComparison.Ordinal);
        Assert.Equal(["ada"], await application.WsCore.OnlineAsync(["ada"])); // the application may always ask
    }

    [Fact]
    public async Task Personal_rooms_announce_nobody()
    {
        await using var application = await StartAsync();
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        Assert.Equal(["type", "id", "room"], (await laptop.AckAsync("""{"type":"join","room":"user:ada","members":true,"state":1}""")).Names());
        await DisconnectAsync(application, phone);
        application.AdvancePast(Grace);

        await laptop.ExpectNothingAsync();
        Assert.Equal(0, ((WsCore.Presence.MemoryPresenceStore)application.Node.Presence).Members);
    }

    private static async Task DisconnectAsync(TestApplication application, ChatClient client)
    {
        var before = application.Node.Connections.Count;
        await client.CloseAsync();
        await Eventually.Equal(before - 1, () => application.Node.Connections.Count);
    }

    private static Task<TestApplication> StartAsync() => TestApplication.StartWithManualClockAsync(o => o.Options = options =>
    {
        options.Namespaces["default"] = new() { Presence = true };
        options.Namespaces["user"] = new() { Presence = true };
        options.Namespaces["quiet"] = new();
    });
}
