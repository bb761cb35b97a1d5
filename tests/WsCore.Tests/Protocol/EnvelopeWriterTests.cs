using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

public sealed class EnvelopeWriterTests
{
    private const string Nasty = "a\"b\\c\n\u0001\u2028ä漢😀\u007F<&'";

    [Fact]
    public void Welcome_Anonymous_Shape()
    {
        WelcomeFields fields = new("c1", null, "n1", 1_700_000_000_000, 25_000, 10_000, 65_536, 50, 100);

        Assert.Equal(
            """{"type":"welcome","connection":"c1","node":"n1","time":1700000000000,"heartbeat":{"interval":25000,"timeout":10000},"limits":{"messageBytes":65536,"messagesPerSecond":50,"burst":100}}""",
            Written.By(writer => EnvelopeWriter.Welcome(writer, fields)));
    }

    [Fact]
    public void Welcome_User_EveryField()
    {
        WelcomeFields fields = new(Nasty, Nasty, Nasty, 1, 2, 3, 4, 5, 6, Expires: 7, Self: new Position(Nasty, 8));

        JsonElement json = Written.Parsed(Written.By(writer => EnvelopeWriter.Welcome(writer, fields)));

        Assert.Equal(Nasty, json.GetProperty("connection").GetString());
        Assert.Equal(Nasty, json.GetProperty("user").GetString());
        Assert.Equal(Nasty, json.GetProperty("node").GetString());
        Assert.Equal(7, json.GetProperty("expires").GetInt64());
        Assert.Equal(Nasty, json.GetProperty("self").GetProperty("epoch").GetString());
        Assert.Equal(8, json.GetProperty("self").GetProperty("seq").GetInt64());
    }

    [Fact]
    public void Error_WithAndWithoutTheOptionalFields_Shape()
    {
        Assert.Equal(
            """{"type":"error","code":"parse_error","message":"No."}""",
            Written.By(writer => EnvelopeWriter.Error(writer, default, ErrorCodes.ParseError, "No.")));
        Assert.Equal(
            """{"type":"error","id":"a\u0062","code":"rate_limited","message":"Slow \"down\".","retryAfter":250}""",
            Written.By(writer => EnvelopeWriter.Error(writer, "a\\u0062"u8, ErrorCodes.RateLimited, "Slow \"down\".", 250)));
    }

    [Fact]
    public void Error_LongOrBrokenMessage_IsStillJson()
    {
        string message = string.Concat(Enumerable.Repeat(Nasty, 500)) + "\uD800";

        JsonElement json = Written.Parsed(Written.By(writer => EnvelopeWriter.Error(writer, default, "x", message)));

        Assert.Equal(message[..^1] + "\uFFFD", json.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_700_000_000_000)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Pong_AnyTime_Shape(long time)
    {
        Assert.Equal(FormattableString.Invariant($"{{\"type\":\"pong\",\"id\":\"7\",\"time\":{time}}}"), Written.By(writer => EnvelopeWriter.Pong(writer, "7"u8, time)));
        Assert.Equal(FormattableString.Invariant($"{{\"type\":\"pong\",\"time\":{time}}}"), Written.By(writer => EnvelopeWriter.Pong(writer, default, time)));
    }

    [Fact]
    public void Removed_Shape() =>
        Assert.Equal(
            """{"type":"removed","room":"chat:\"1\"","code":"forbidden"}""",
            Written.By(writer => EnvelopeWriter.Removed(writer, JsonText.Encode("chat:\"1\""), ErrorCodes.Forbidden)));

    [Fact]
    public void FromJson_UserAndAnonymous_Shape()
    {
        Assert.Equal("""{"user":"J\"","connection":"c1"}""", Encoding.UTF8.GetString(EnvelopeWriter.FromJson("J\"", "c1")));
        Assert.Equal("""{"connection":"c1"}""", Encoding.UTF8.GetString(EnvelopeWriter.FromJson(null, "c1")));
    }

    [Fact]
    public void Encode_AnyText_SurvivesJson() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), any =>
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(any.Get);
            string expected = Encoding.UTF8.GetString(utf8);
            return JsonSerializer.Deserialize<string>(Quoted(JsonText.Encode(any.Get))) == expected
                && JsonSerializer.Deserialize<string>(Quoted(JsonText.Encode(utf8))) == expected;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", "")]
    [InlineData("ä", "ä")]
    public void Show_ShortText_Whole(string text, string shown) => Assert.Equal(shown, JsonText.Show(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Show_LongText_CutBetweenCharacters() =>
        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 64)) + "…", JsonText.Show(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("😀", 65)))));

    private static byte[] Quoted(byte[] content) => [(byte)'"', .. content, (byte)'"'];
}
