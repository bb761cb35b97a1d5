using System.Globalization;
using System.Text;
using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

/// <summary>What is JSON, what is an envelope, and which of two faults wins.</summary>
public sealed class EnvelopeReaderJsonTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("hello")]
    [InlineData("{")]
    [InlineData("{\"type\":\"ping\"")]
    [InlineData("{\"type\":\"ping\"}}")]
    [InlineData("{\"type\":\"ping\"} x")]
    [InlineData("{\"type\":\"ping\"}{\"type\":\"ping\"}")]
    [InlineData("{\"type\":\"ping\",}")]
    [InlineData("{\"type\":\"ping\"}\0")]
    [InlineData("{\"type\":\"ping\"} // comment")]
    [InlineData("{/* comment */\"type\":\"ping\"}")]
    [InlineData("{'type':'ping'}")]
    [InlineData("{type:\"ping\"}")]
    [InlineData("{\"type\":\"ping\",\"payload\":01}")]
    [InlineData("{\"type\":\"ping\",\"payload\":NaN}")]
    [InlineData("{\"type\":\"ping\",\"payload\":[1,]}")]
    [InlineData("{\"type\":\"ping\",\"payload\":\"\\x\"}")]
    [InlineData("{\"type\":\"ping\",\"payload\":\"a\nb\"}")]
    [InlineData("[1")]
    [InlineData("\uFEFF{\"type\":\"ping\"}")]
    public void TryRead_NotJson_ParseError(string json)
    {
        Assert.Equal(ErrorCodes.ParseError, Read.Bad(json, out Envelope envelope).Code);
        Assert.True(envelope.Id.IsEmpty);
    }

    [Fact]
    public void TryRead_NotUtf8InAnIgnoredString_ParseError()
    {
        byte[] json = Encoding.Latin1.GetBytes("{\"type\":\"ping\",\"x\":\"\u00E4\"}");

        Assert.Equal("The message is not valid UTF-8.", Read.Bad(json, out _).Message);
    }

    [Fact]
    public void TryRead_NotJson_SentenceTellsThePlace() =>
        Assert.Equal("The message is not valid JSON: line 2, byte 5.", Read.Bad("{\n    x}").Message);

    [Theory]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"ping\"")]
    [InlineData("[]")]
    [InlineData(" [{\"type\":\"ping\"}] ")]
    public void TryRead_JsonButNoObject_InvalidMessage(string json)
    {
        EnvelopeFault fault = Read.Bad(json);

        Assert.Equal(ErrorCodes.InvalidMessage, fault.Code);
        Assert.Equal("The message must be a JSON object that has a 'type'.", fault.Message);
    }

    [Theory]
    [InlineData(" \t\r\n{ \"type\" : \"ping\" } \r\n")]
    [InlineData("{\"ty\\u0070e\":\"p\\u0069ng\"}")]
    [InlineData("{\"x\":{\"type\":1,\"type\":2},\"type\":\"ping\"}")]
    public void TryRead_OddButLegalJson_Accepted(string json) => Assert.Equal(MessageType.Ping, Read.Good(json).Type);

    [Theory]
    [InlineData("{\"type\":\"ping\",\"type\":\"ping\"}", "'type'")]
    [InlineData("{\"type\":\"ping\",\"t\\u0079pe\":\"ping\"}", "'type'")]
    [InlineData("{\"type\":\"ping\",\"room\":1,\"room\":1}", "'room'")]
    [InlineData("{\"type\":\"ping\",\"x\":1,\"x\":1}", "'x'")]
    [InlineData("{\"type\":\"ping\",\"x\":1,\"\\u0078\":1}", "'x'")]
    [InlineData("{\"type\":\"ping\",\"\\u0078\":1,\"x\":1}", "'x'")]
    [InlineData("{\"type\":\"ping\",\"\":1,\"\":1}", "''")]
    [InlineData("{\"type\":\"ping\",\"ä\":1,\"\\u00e4\":1}", "'ä'")]
    [InlineData("{\"type\":\"ping\",\"x\":1,\"x\":{}}", "'x'")]
    public void TryRead_DuplicateKey_InvalidMessageNamesIt(string json, string named)
    {
        EnvelopeFault fault = Read.Bad(json);

        Assert.Equal(ErrorCodes.InvalidMessage, fault.Code);
        Assert.Equal(named + " occurs more than once.", fault.Message);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(20_000)]
    public void TryRead_ManyUnknownKeys_DuplicateFoundAndOthersIgnored(int count)
    {
        string many = string.Concat(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"k{i}\":{i},")));

        Assert.Equal(MessageType.Ping, Read.Good("{" + many + "\"type\":\"ping\"}").Type);
        for (int twice = 0; twice < 10 && twice < count; twice++)
        {
            Assert.Equal($"'k{twice}' occurs more than once.", Read.Bad("{" + many + $"\"type\":\"ping\",\"k{twice}\":0}}").Message);
        }
    }

    [Fact]
    public void TryRead_DuplicateKeyWithALongName_SentenceIsCut()
    {
        string name = new('n', 5000);

        EnvelopeFault fault = Read.Bad($"{{\"type\":\"ping\",\"{name}\":1,\"{name}\":1}}");

        Assert.Equal($"'{new string('n', 64)}…' occurs more than once.", fault.Message);
    }

    [Fact]
    public void TryRead_LoneSurrogateInANameOfAField_InvalidMessageNamesIt() =>
        Assert.Equal(
            "The name of the field '\\ud800' holds half of a surrogate pair, which is not Unicode text.",
            Read.Bad("{\"type\":\"ping\",\"\\ud800\":1}").Message);

    [Theory]
    [InlineData("[", "", "]")]
    [InlineData("[", "0", "]")]
    [InlineData("{\"a\":", "0", "}")]
    [InlineData("{\"a\":", "\"[[\"", "}")]
    public void TryRead_DepthOf32_Accepted(string open, string inner, string close) =>
        Assert.Equal(MessageType.Ping, Read.Good($"{{\"type\":\"ping\",\"payload\":{Repeat(open, 31)}{inner}{Repeat(close, 31)}}}").Type);

    [Theory]
    [InlineData("payload", 32)]
    [InlineData("payload", 100_000)]
    [InlineData("whatever", 32)]
    public void TryRead_DepthOver32_InvalidMessageNamesTheField(string field, int depth)
    {
        EnvelopeFault fault = Read.Bad($"{{\"type\":\"ping\",\"{field}\":{Nest(depth)},\"id\":\"a\"}}", out Envelope envelope);

        Assert.Equal(ErrorCodes.InvalidMessage, fault.Code);
        Assert.Contains($"'{field}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("32", fault.Message, StringComparison.Ordinal);
        Assert.Equal("a", Read.Text(envelope.Id));
    }

    [Fact]
    public void TryRead_RaisedDepth_DoesNotMeetTheReadersOwnLimit()
    {
        byte[] json = Encoding.UTF8.GetBytes($"{{\"type\":\"join\",\"rooms\":[{{\"x\":{Nest(100)},\"since\":{{\"x\":{Nest(90)},\"epoch\":\"e\",\"seq\":1}},\"room\":\"r\"}}]}}");

        Assert.True(EnvelopeReader.TryRead(json, new EnvelopeLimits(MaxDepth: 200), out Envelope envelope, out _));
        Assert.Equal(new Position("e", 1), envelope.Rooms![0].Since);
    }

    [Theory]
    [InlineData("{\"type\":\"ping\",\"payload\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("{\"type\":\"ping\",\"type\":\"ping\",")]
    [InlineData("{\"type\":1,\"id\":2")]
    public void TryRead_TwoFaults_NotJsonWins(string json) => Assert.Equal(ErrorCodes.ParseError, Read.Bad(json).Code);

    [Theory]
    [InlineData("{\"id\":\"a\\u0062\",\"type\":1}", "a\\u0062")]
    [InlineData("{\"type\":\"broadcast\",\"payload\":1,\"id\":\"abc\"}", "abc")]
    [InlineData("{\"x\":1,\"x\":1,\"id\":\"abc\"}", "abc")]
    [InlineData("{\"type\":\"join\",\"room\":\"\",\"id\":\"abc\"}", "abc")]
    [InlineData("{\"id\":\"abc\"}", "abc")]
    [InlineData("{\"id\":\"abc\",\"id\":\"abc\",\"type\":\"ping\"}", "")]
    [InlineData("{\"id\":\"\",\"type\":\"ping\"}", "")]
    [InlineData("{\"id\":7,\"type\":\"ping\"}", "")]
    [InlineData("{\"id\":\"\\udc00\",\"type\":\"ping\"}", "")]
    [InlineData("{\"type\":\"ack\",\"id\":\"abc\",\"ids\":[]}", "")]
    [InlineData("{\"type\":\"ack\",\"id\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}", "")]
    [InlineData("{\"id\":\"0123456789012345678901234567890123456789012345678901234567890123456789\",\"type\":\"ping\"}", "")]
    [InlineData("[{\"id\":\"abc\"}]", "")]
    public void TryRead_Refused_IdIsThereIfItIsGood(string json, string id)
    {
        Read.Bad(json, out Envelope envelope);

        Assert.Equal(id, Read.Text(envelope.Id));
    }

    private static string Nest(int depth) => Repeat("[", depth) + Repeat("]", depth);

    private static string Repeat(string part, int times) => new StringBuilder().Insert(0, part, times).ToString();
}
