using System.Text;
using System.Text.Json;
using WsCore.Namespaces;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Dispatch;

/// <summary><c>history</c>: what was said, page by page.</summary>
public sealed class HistoryCommandTests : IDisposable
{
    private readonly TestNode _node = new(options =>
    {
        options.Namespaces["default"] = new NamespaceOptions { History = { Size = 1000 } };
        options.Namespaces["brief"] = new NamespaceOptions();
    });

    [Fact]
    public async Task Pages_FollowEachOther_OldestFirst()
    {
        var ada = await Member();
        await Publish(ada, 7);

        var first = await Ask(ada, ",\"limit\":3");
        var second = await Ask(ada, $",\"limit\":3,\"since\":{Since(first)}");
        var third = await Ask(ada, $",\"limit\":3,\"since\":{Since(second)}");
        var last = await Ask(ada, $",\"limit\":3,\"since\":{Since(third)}");

        Assert.Equal(["1-3 more: 1 2 3", "4-6 more: 4 5 6", "7-7: 7", "8-7: "], new[] { first, second, third, last }.Select(Show));
    }

    [Fact]
    public async Task Since_ThatIsNoPositionOfThisRoom_GetsWhatIsKept()
    {
        var ada = await Member();
        await Publish(ada, 2);

        Assert.Equal("1-2: 1 2", Show(await Ask(ada, ""","since":{"epoch":"other","seq":1}""")));
    }

    [Fact]
    public async Task Messages_AreAsTheyWereSent_BinaryOnesInBase64()
    {
        var ada = await Member();
        await ada.Say("""{"type":"broadcast","room":"a","event":"e","payload":{"x":12.50}}""");
        var envelope = Encoding.UTF8.GetBytes("""{"type":"broadcast","room":"a"}""");
        await ada.SayBinary([0, (byte)envelope.Length, .. envelope, 0xde, 0xad]);

        var messages = (await Ask(ada, "")).GetProperty("messages");

        Assert.Equal("12.50", messages[0].GetProperty("payload").GetProperty("x").GetRawText());
        Assert.Equal("e", messages[0].GetProperty("event").GetString());
        Assert.Equal("c1", messages[0].GetProperty("from").GetProperty("connection").GetString());
        Assert.Equal([0xde, 0xad], messages[1].GetProperty("payload").GetBytesFromBase64());
        Assert.True(messages[1].GetProperty("binary").GetBoolean());
        Assert.Equal(2, messages[1].GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Page_HasAtMost256KiB()
    {
        var ada = await Member();
        for (var i = 0; i < 12; i++)
        {
            await ada.Say($$"""{"type":"broadcast","room":"a","payload":"{{new string('x', 60_000)}}"}""");
        }

        var page = await Ask(ada, "");

        Assert.InRange(page.GetRawText().Length, 60_000, 256 * 1024);
        Assert.True(page.GetProperty("more").GetBoolean());
    }

    [Theory]
    [InlineData("""{"type":"history","id":"h","room":"b"}""", "not_joined")]
    [InlineData("""{"type":"history","id":"h","room":"brief:a"}""", "forbidden")]
    [InlineData("""{"type":"history","id":"h","room":"user:u"}""", "forbidden")]
    [InlineData("""{"type":"history","id":"h","room":"a","limit":0}""", "invalid_message")]
    [InlineData("""{"type":"history","id":"h","room":"a","since":7}""", "invalid_message")]
    [InlineData("""{"type":"history","id":"h"}""", "invalid_message")]
    public async Task BadRequest_IsRefused(string request, string code)
    {
        var ada = await Member();
        await ada.Say("""{"type":"join","room":"brief:a"}""");

        await ada.Say(request);

        Assert.Contains($"\"code\":\"{code}\"", ada.Last, StringComparison.Ordinal);
    }

    public void Dispose() => _node.Dispose();

    private async Task<TestConnection> Member()
    {
        var connection = _node.Connect("u");
        await connection.Say("""{"type":"join","room":"a"}""");
        return connection;
    }

    private static async Task Publish(TestConnection connection, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await connection.Say($$"""{"type":"broadcast","room":"a","payload":{{i}}}""");
        }
    }

    private static async Task<JsonElement> Ask(TestConnection connection, string more)
    {
        await connection.Say($$"""{"type":"history","id":"h","room":"a"{{more}}}""");
        return JsonDocument.Parse(connection.Last).RootElement;
    }

    private static string Since(JsonElement page) => $$"""{"epoch":{{page.GetProperty("epoch").GetRawText()}},"seq":{{page.GetProperty("to")}}}""";

    private static string Show(JsonElement page) =>
        $"{page.GetProperty("from")}-{page.GetProperty("to")}{(page.GetProperty("more").GetBoolean() ? " more" : "")}: "
        + string.Join(' ', page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("payload")));
}
