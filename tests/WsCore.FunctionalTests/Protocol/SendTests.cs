using WsCore.TestKit.Hosting;

namespace WsCore.FunctionalTests.Protocol;

/// <summary><c>send</c>: to every connection of a user.</summary>
public sealed class SendTests
{
    [Fact]
    public async Task Every_connection_of_the_user_gets_it_and_nobody_else()
    {
        await using var application = await TestApplication.StartAsync();
        await using var grace = await application.ConnectAsync("grace");
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        await using var nobody = await application.ConnectAsync();

        var ack = await grace.AckAsync("""{"type":"send","to":"ada","event":"invitation","payload":{"room":"chat:7"}}""");
        Assert.Equal("""{"type":"ack","id":"q1"}""", ack.GetRawText());
        foreach (var connection in (ChatClient[])[laptop, phone])
        {
            var message = Assert.Single(await connection.NewsAsync()).Json;
            Assert.Equal(["type", "to", "from", "event", "time", "payload"], message.Names());
            Assert.Equal("ada", message.Text("to"));
            Assert.Equal("grace", message.GetProperty("from").Text("user"));
            Assert.Equal("""{"room":"chat:7"}""", message.Raw("payload"));
        }

        await grace.ExpectNothingAsync();
        await nobody.ExpectNothingAsync();
    }

    [Fact]
    public async Task The_ack_does_not_tell_whether_the_user_is_there()
    {
        await using var application = await TestApplication.StartAsync();
        await using var nobody = await application.ConnectAsync();
        await using var ada = await application.ConnectAsync("ada");

        var there = await nobody.AckAsync("""{"type":"send","to":"ada","payload":1}""");
        var absent = await nobody.AckAsync("""{"type":"send","to":"eve","payload":1}""");
        Assert.Equal(there.Names(), absent.Names());
        Assert.False(Assert.Single(await ada.NewsAsync()).Json.GetProperty("from").Has("user"));
    }

    [Fact]
    public async Task Sending_to_oneself_reaches_all_ones_connections_this_one_included()
    {
        await using var application = await TestApplication.StartAsync();
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        await laptop.SendAsync("""{"type":"send","to":"ada","payload":1}""");

        Assert.Single(await laptop.NewsAsync());
        Assert.Single(await phone.NewsAsync());
    }

    [Fact]
    public async Task Binary_arrives_in_binary()
    {
        await using var application = await TestApplication.StartAsync();
        await using var nobody = await application.ConnectAsync();
        await using var ada = await application.ConnectAsync("ada \"the\" 😀");

        await nobody.RequestBinaryAsync("""{"type":"send","to":"ada \"the\" 😀"}""", [7]);
        var message = Assert.Single(await ada.NewsAsync());
        Assert.Equal([7], message.Binary!);
        Assert.Equal("ada \"the\" 😀", message.Json.Text("to"));
    }

    [Fact]
    public async Task A_user_whose_last_connection_has_gone_is_reached_again_when_back()
    {
        await using var application = await TestApplication.StartAsync();
        await using var grace = await application.ConnectAsync("grace");
        await using (var first = await application.ConnectAsync("ada"))
        {
            await first.CloseAsync();
        }

        await grace.AckAsync("""{"type":"send","to":"ada","payload":"lost"}""");
        await using var second = await application.ConnectAsync("ada");
        await grace.AckAsync("""{"type":"send","to":"ada","payload":"found"}""");
        Assert.Equal("\"found\"", Assert.Single(await second.NewsAsync()).Json.Raw("payload"));
    }
}
