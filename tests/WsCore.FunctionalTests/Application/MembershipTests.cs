using WsCore.Access;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Application;

/// <summary>What the application knows of connections and rooms, and does with them.</summary>
public sealed class MembershipTests
{
    [Fact]
    public async Task A_connection_is_disconnected_with_4004_and_a_reason()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await using var other = await application.ConnectAsync();

        Assert.True(await application.WsCore.DisconnectAsync(client.Id, "Enough."));
        Assert.False(await application.WsCore.DisconnectAsync("nobody", "Enough."));
        var close = await client.ClosedAsync();
        Assert.Equal((4004, "Enough."), (close.Code, close.Reason));
        await Eventually.IsAsync(async () => !await application.WsCore.DisconnectAsync(client.Id, "Again."));
        await other.ExpectNothingAsync();
    }

    [Fact]
    public async Task What_was_said_before_a_disconnect_still_arrives()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        for (var i = 0; i < 100; i++)
        {
            await application.WsCore.BroadcastToEverybodyAsync(Payload.FromJson($"{i}"));
        }

        await application.WsCore.DisconnectAsync((await application.SingleConnectionAsync()).Id, "Enough.");
        await application.WsCore.BroadcastToEverybodyAsync(Payload.FromJson("100"));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i, (await socket.ReceiveJsonAsync()).Number("payload"));
        }

        Assert.Equal(TestKit.Net.RawOpcode.Close, (await socket.ReceiveFrameAsync()).Opcode);
    }

    [Fact]
    public async Task A_user_is_disconnected_everywhere()
    {
        await using var application = await TestApplication.StartAsync();
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");

        Assert.Equal(2, await application.WsCore.DisconnectUserAsync("ada", "Banned."));
        Assert.Equal(4004, (await laptop.ClosedAsync()).Code);
        Assert.Equal("Banned.", (await phone.ClosedAsync()).Reason);
        Assert.Equal(0, await application.WsCore.DisconnectUserAsync("ada", "Banned."));
        await grace.ExpectNothingAsync();
    }

    [Fact]
    public async Task Members_are_told_whether_or_not_there_is_presence()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var nobody = await application.ConnectAsync();
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        await nobody.JoinAsync("lobby");
        await laptop.JoinAsync("lobby");
        await phone.JoinAsync("lobby");

        var members = application.WsCore.Members("lobby");
        Assert.Equal(["ada", null], members.Select(member => member.User));
        Assert.Equal(new[] { laptop.Id, phone.Id }.Order(), members[0].Connections.Order());
        Assert.Equal([nobody.Id], members[1].Connections);
        Assert.Equal(application.Time.GetUtcNow().ToUnixTimeMilliseconds(), members[0].Since.ToUnixTimeMilliseconds());
        Assert.Empty(application.WsCore.Members("nobody is here"));
    }

    [Fact]
    public async Task Who_is_removed_is_told_and_hears_nothing_more_of_the_room_until_joining_again()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await using var other = await application.ConnectAsync();
        await client.AckAsync("""{"type":"join","rooms":["a","b"]}""");
        await other.JoinAsync("a");

        await application.WsCore.BroadcastAsync("a", Payload.FromJson("1"));
        Assert.True(await application.WsCore.RemoveAsync("a", client.Id));
        Assert.False(await application.WsCore.RemoveAsync("a", client.Id));
        Assert.False(await application.WsCore.RemoveAsync("a", "nobody"));
        Assert.False(await application.WsCore.RemoveAsync("nobody is here", client.Id));
        await application.WsCore.BroadcastAsync("a", Payload.FromJson("2"));
        await application.WsCore.BroadcastAsync("b", Payload.FromJson("3"));

        var news = await client.NewsAsync();
        Assert.Equal("1", news[0].Json.Raw("payload"));
        Assert.Equal("""{"type":"removed","room":"a","code":"forbidden"}""", news[1].Raw);
        Assert.Equal("3", news[2].Json.Raw("payload"));
        Assert.Equal(3, news.Count);
        await client.RefusedAsync("not_joined", """{"type":"broadcast","room":"a","payload":1}""");
        await client.JoinAsync("a");
        Assert.Equal(["1", "2"], (await other.NewsAsync()).Select(m => m.Json.Raw("payload")));
    }

    [Fact]
    public async Task A_user_is_removed_with_every_connection()
    {
        await using var application = await TestApplication.StartAsync();
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        foreach (var client in (ChatClient[])[laptop, phone, grace])
        {
            await client.JoinAsync("lobby");
        }

        Assert.Equal(2, await application.WsCore.RemoveUserAsync("lobby", "ada"));
        Assert.Equal(0, await application.WsCore.RemoveUserAsync("lobby", "ada"));
        Assert.Equal("removed", Assert.Single(await laptop.NewsAsync()).Type);
        Assert.Equal("removed", Assert.Single(await phone.NewsAsync()).Type);
        await grace.ExpectNothingAsync();
        Assert.Equal("grace", Assert.Single(application.WsCore.Members("lobby")).User);
    }

    [Fact]
    public async Task Nobody_is_removed_from_a_personal_room()
    {
        await using var application = await TestApplication.StartAsync();
        await using var ada = await application.ConnectAsync("ada");

        await Assert.ThrowsAsync<ArgumentException>(async () => await application.WsCore.RemoveUserAsync("user:ada", "ada"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await application.WsCore.RemoveAsync("user:ada", ada.Id));
        await application.WsCore.SendAsync("ada", Payload.FromJson("1"));
        Assert.Single(await ada.NewsAsync());
    }
}
