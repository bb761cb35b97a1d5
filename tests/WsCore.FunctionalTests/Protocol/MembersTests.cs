using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Protocol;

/// <summary><c>members</c>: who is here, page by page, where it is anybody's business.</summary>
public sealed class MembersTests
{
    [Fact]
    public async Task Users_come_first_by_name_then_anonymous_connections_each_once()
    {
        await using var application = await StartAsync();
        var start = application.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var grace = await application.ConnectAsync("grace");
        await using var ada = await application.ConnectAsync("ada");
        await using var adaAgain = await application.ConnectAsync("ada");
        await using var nobody = await application.ConnectAsync();
        foreach (var client in (ChatClient[])[grace, nobody, ada, adaAgain])
        {
            await client.JoinAsync("chat:1");
            application.Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        var ack = await ada.AckAsync("""{"type":"members","room":"chat:1"}""");
        Assert.Equal(3, ack.Number("count"));
        Assert.False(ack.GetProperty("more").GetBoolean());
        Assert.Equal(
            $$"""[{"user":"ada","connections":2,"since":{{start + 20}}},{"user":"grace","connections":1,"since":{{start}}},{"connection":"{{nobody.Id}}","connections":1,"since":{{start + 10}}}]""",
            ack.Raw("members"));

        var joined = await grace.AckAsync("""{"type":"join","room":"chat:1","members":true}""");
        Assert.Equal(ack.Raw("members"), joined.Raw("members"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(1000)]
    public async Task Pages_neither_overlap_nor_leave_anybody_out(int limit)
    {
        await using var application = await StartAsync();
        var clients = new List<ChatClient>();
        foreach (var user in (string?[])["b", "a", null, "é", null, "Z", "😀", null, "a"])
        {
            clients.Add(await application.ConnectAsync(user));
            await clients[^1].JoinAsync("chat:1");
        }

        var seen = new List<string>();
        for (var after = ""; ;)
        {
            var ack = await clients[0].AckAsync($$"""{"type":"members","room":"chat:1","limit":{{limit}}{{after}}}""");
            Assert.Equal(8, ack.Number("count"));
            var page = ack.Items("members");
            Assert.InRange(page.Length, 1, limit);
            seen.AddRange(page.Select(member => member.Text("user") ?? member.Text("connection")!));
            if (!ack.GetProperty("more").GetBoolean())
            {
                break;
            }

            after = $",\"after\":{System.Text.Json.JsonSerializer.Serialize(seen[^1])}";
        }

        Assert.Equal(8, seen.Distinct().Count());
        Assert.Equal(8, seen.Count);
        Assert.Equal(["Z", "a", "b", "é", "😀"], seen.Take(5).Order(StringComparer.Ordinal));
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Without_presence_nothing_is_told_not_even_to_members()
    {
        await using var application = await StartAsync();
        await using var client = await application.ConnectAsync();
        var joined = await client.AckAsync("""{"type":"join","room":"lobby","members":true}""");

        Assert.Equal(["type", "id", "room"], joined.Names());
        await client.RefusedAsync("forbidden", """{"type":"members","room":"lobby"}""");
    }

    [Fact]
    public async Task Who_is_not_a_member_may_not_ask()
    {
        await using var application = await StartAsync();
        await using var member = await application.ConnectAsync();
        await using var outside = await application.ConnectAsync();
        await member.JoinAsync("chat:1");

        await outside.RefusedAsync("not_joined", """{"type":"members","room":"chat:1"}""");
        await outside.RefusedAsync("not_joined", """{"type":"members","room":"chat:nobody"}""");
        await member.LeaveAsync("chat:1");
        await member.RefusedAsync("not_joined", """{"type":"members","room":"chat:1"}""");
    }

    [Fact]
    public async Task Without_an_id_the_question_is_not_answered()
    {
        await using var application = await StartAsync();
        await using var client = await application.ConnectAsync();
        await client.JoinAsync("chat:1");
        await client.SendAsync("""{"type":"members","room":"chat:1"}""");

        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("1.5")]
    [InlineData("\"10\"")]
    public async Task A_limit_out_of_range_is_refused_by_name(string limit)
    {
        await using var application = await StartAsync();
        await using var client = await application.ConnectAsync();
        await client.JoinAsync("chat:1");

        var refused = await client.RefusedAsync("invalid_message", $$"""{"type":"members","room":"chat:1","limit":{{limit}}}""");
        Assert.Contains("'limit'", refused.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_disconnects_is_no_member_any_more()
    {
        await using var application = await StartAsync();
        await using var stays = await application.ConnectAsync("stays");
        await using var goes = await application.ConnectAsync("goes");
        await stays.JoinAsync("chat:1");
        await goes.JoinAsync("chat:1");
        await goes.CloseAsync();
        await Eventually.Equal(1, () => application.WsCore.Members("chat:1").Count);
        application.AdvancePast(TimeSpan.FromSeconds(5));

        Assert.Equal(1, (await stays.AckAsync("""{"type":"members","room":"chat:1"}""")).Number("count"));
    }

    private static Task<TestApplication> StartAsync() =>
        TestApplication.StartWithManualClockAsync(o => o.Options = options => options.Namespaces["chat"] = new() { Presence = true });
}
