using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

/// <summary>One line per rule: what is refused, with which field named.</summary>
public sealed class EnvelopeReaderRulesTests
{
    private const string Text64 = "0123456789012345678901234567890123456789012345678901234567890123";
    private const string Text65 = Text64 + "4";
    private const string Uuid = "0b8e4f0e-5d0c-4f5e-9f0a-2f1c7a0f6c11";

    [Theory]
    [InlineData("{}", "'type'")]
    [InlineData("{\"type\":null}", "'type'")]
    [InlineData("{\"type\":[\"ping\"]}", "'type'")]
    [InlineData("{\"type\":\"\\ud83d\"}", "'type'")]
    [InlineData("{\"type\":\"ping\",\"id\":1}", "'id'")]
    [InlineData("{\"type\":\"ping\",\"id\":null}", "'id'")]
    [InlineData("{\"type\":\"ping\",\"id\":\"\"}", "'id'")]
    [InlineData("{\"type\":\"ping\",\"id\":\"" + Text65 + "\"}", "'id'")]
    [InlineData("{\"type\":\"ping\",\"id\":\"\\ud800x\"}", "'id'")]
    [InlineData("{\"type\":\"ping\",\"id\":\"\\udc00\\ud800\"}", "'id'")]
    [InlineData("{\"type\":\"nonsense\",\"id\":1}", "'id'")]

    [InlineData("{\"type\":\"join\"}", "'room' or 'rooms'")]
    [InlineData("{\"type\":\"leave\"}", "'room' or 'rooms'")]
    [InlineData("{\"type\":\"broadcast\",\"payload\":1}", "'room' or 'rooms'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"rooms\":[\"a\"]}", "'room' and 'rooms'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"rooms\":[\"a\"],\"payload\":1}", "'room' and 'rooms'")]
    [InlineData("{\"type\":\"join\",\"room\":null}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":\"\"}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":{\"room\":\"a\"}}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\\u0000\"}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\\u007f\"}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\\u0085\"}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":\"\\ud800\"}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":\"default:a\"}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":\"Chat:a\"}", "'room'")]
    [InlineData("{\"type\":\"join\",\"room\":\"chat:\"}", "'room'")]
    [InlineData("{\"type\":\"join\",\"rooms\":\"a\"}", "'rooms'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[]}", "'rooms'")]
    [InlineData("{\"type\":\"join\",\"rooms\":{}}", "'rooms'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[\"a\",1]}", "'rooms[1]'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[\"a\",\"default:b\"]}", "'rooms[1]'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[[\"a\"]]}", "'rooms[0]'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[{}]}", "'rooms[0].room'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[{\"room\":1}]}", "'rooms[0].room'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[{\"room\":\"a\",\"r\\u006fom\":\"a\"}]}", "'rooms[0].room'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[{\"room\":\"a\",\"since\":1}]}", "'rooms[0].since'")]
    [InlineData("{\"type\":\"leave\",\"rooms\":[{\"room\":\"a\"}]}", "'rooms[0]'")]
    [InlineData("{\"type\":\"broadcast\",\"rooms\":[{\"room\":\"a\"}],\"payload\":1}", "'rooms[0]'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[\"a\"],\"since\":{\"epoch\":\"e\",\"seq\":0}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"rooms\":[\"a\"],\"state\":1}", "'state'")]

    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":null}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":5}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"e\"}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"seq\":1}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"\",\"seq\":1}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"" + Text65 + "\",\"seq\":1}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"\\ud800\",\"seq\":1}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"e\",\"seq\":-1}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"e\",\"seq\":1.5}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"e\",\"seq\":\"1\"}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"e\",\"seq\":9223372036854775808}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"since\":{\"epoch\":\"e\",\"seq\":1,\"seq\":1}}", "'since'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"members\":1}", "'members'")]
    [InlineData("{\"type\":\"join\",\"room\":\"a\",\"members\":null}", "'members'")]

    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\"}", "'payload'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"event\":1}", "'event'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"event\":\"\"}", "'event'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"event\":\"" + Text65 + "\"}", "'event'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"event\":\"\\ud800\"}", "'event'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"key\":\"\"}", "'key'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"key\":\"" + Text65 + "\"}", "'key'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"key\":\"\\ude00\"}", "'key'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"once\":\"fifteen-letters\"}", "'once'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"once\":\"" + Text65 + "\"}", "'once'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"once\":true}", "'once'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"echo\":\"true\"}", "'echo'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"ephemeral\":0}", "'ephemeral'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"reliable\":[]}", "'reliable'")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"reliable\":true,\"ephemeral\":true}", "'reliable' and 'ephemeral'")]

    [InlineData("{\"type\":\"send\",\"payload\":1}", "'to'")]
    [InlineData("{\"type\":\"send\",\"to\":\"\",\"payload\":1}", "'to'")]
    [InlineData("{\"type\":\"send\",\"to\":5,\"payload\":1}", "'to'")]
    [InlineData("{\"type\":\"send\",\"to\":\"a\\nb\",\"payload\":1}", "'to'")]
    [InlineData("{\"type\":\"send\",\"to\":\"\\udfff\",\"payload\":1}", "'to'")]
    [InlineData("{\"type\":\"send\",\"to\":\"a\"}", "'payload'")]
    [InlineData("{\"type\":\"send\",\"to\":\"a\",\"payload\":1,\"event\":{}}", "'event'")]
    [InlineData("{\"type\":\"send\",\"to\":\"a\",\"payload\":1,\"once\":\"short\"}", "'once'")]
    [InlineData("{\"type\":\"send\",\"to\":\"a\",\"payload\":1,\"reliable\":1}", "'reliable'")]

    [InlineData("{\"type\":\"members\"}", "'room'")]
    [InlineData("{\"type\":\"members\",\"rooms\":[\"a\"]}", "'room'")]
    [InlineData("{\"type\":\"members\",\"room\":\"a\",\"limit\":0}", "'limit'")]
    [InlineData("{\"type\":\"members\",\"room\":\"a\",\"limit\":1001}", "'limit'")]
    [InlineData("{\"type\":\"members\",\"room\":\"a\",\"limit\":1.5}", "'limit'")]
    [InlineData("{\"type\":\"members\",\"room\":\"a\",\"limit\":1e999}", "'limit'")]
    [InlineData("{\"type\":\"members\",\"room\":\"a\",\"limit\":\"10\"}", "'limit'")]
    [InlineData("{\"type\":\"members\",\"room\":\"a\",\"after\":\"\"}", "'after'")]
    [InlineData("{\"type\":\"members\",\"room\":\"a\",\"after\":1}", "'after'")]

    [InlineData("{\"type\":\"state\",\"state\":1}", "'room'")]
    [InlineData("{\"type\":\"state\",\"rooms\":[\"a\"],\"state\":1}", "'room'")]
    [InlineData("{\"type\":\"state\",\"room\":1,\"state\":1}", "'room'")]
    [InlineData("{\"type\":\"state\",\"room\":\"a\"}", "'state'")]

    [InlineData("{\"type\":\"online\"}", "'users'")]
    [InlineData("{\"type\":\"online\",\"users\":\"a\"}", "'users'")]
    [InlineData("{\"type\":\"online\",\"users\":[]}", "'users'")]
    [InlineData("{\"type\":\"online\",\"users\":{}}", "'users'")]
    [InlineData("{\"type\":\"online\",\"users\":[\"a\",1]}", "'users[1]'")]
    [InlineData("{\"type\":\"online\",\"users\":[[\"a\"]]}", "'users[0]'")]
    [InlineData("{\"type\":\"online\",\"users\":[\"\"]}", "'users[0]'")]
    [InlineData("{\"type\":\"online\",\"users\":[\"a\\u0000\"]}", "'users[0]'")]
    [InlineData("{\"type\":\"online\",\"users\":[\"\\ud800\"]}", "'users[0]'")]

    [InlineData("{\"type\":\"call\",\"payload\":1}", "'method'")]
    [InlineData("{\"type\":\"call\",\"method\":1,\"payload\":1}", "'method'")]
    [InlineData("{\"type\":\"call\",\"method\":\"\",\"payload\":1}", "'method'")]
    [InlineData("{\"type\":\"call\",\"method\":\"" + Text64 + Text65 + "\",\"payload\":1}", "'method'")]
    [InlineData("{\"type\":\"call\",\"method\":\"m\",\"payload\":1,\"once\":\"short\"}", "'once'")]

    [InlineData("{\"type\":\"ack\"}", "'id' or 'ids'")]
    [InlineData("{\"type\":\"ack\",\"id\":\"a\",\"ids\":[\"b\"]}", "'id' and 'ids'")]
    [InlineData("{\"type\":\"ack\",\"id\":1}", "'id'")]
    [InlineData("{\"type\":\"ack\",\"id\":\"\"}", "'id'")]
    [InlineData("{\"type\":\"ack\",\"ids\":\"a\"}", "'ids'")]
    [InlineData("{\"type\":\"ack\",\"ids\":[\"a\",1]}", "'ids[1]'")]
    [InlineData("{\"type\":\"ack\",\"ids\":[\"" + Text65 + "\"]}", "'ids[0]'")]
    [InlineData("{\"type\":\"ack\",\"ids\":[\"\\ud800\"]}", "'ids[0]'")]
    public void TryRead_AgainstARule_InvalidMessageNamesTheField(string json, string named)
    {
        EnvelopeFault fault = Read.Bad(json);

        Assert.Equal(ErrorCodes.InvalidMessage, fault.Code);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"ping\",\"room\":1,\"rooms\":2,\"limit\":\"x\",\"echo\":9,\"once\":\"\",\"payload\":{},\"key\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"leave\",\"room\":\"a\",\"since\":1,\"members\":1,\"payload\":1,\"state\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"broadcast\",\"room\":\"a\",\"payload\":1,\"to\":1,\"since\":1,\"ids\":1,\"id\":\"x\"}")]
    [InlineData("{\"type\":\"send\",\"to\":\"a\",\"payload\":1,\"room\":\"\",\"rooms\":1,\"ephemeral\":1,\"key\":1,\"reliable\":true}")]
    [InlineData("{\"type\":\"members\",\"room\":\"a\",\"rooms\":1,\"members\":1}")]
    [InlineData("{\"type\":\"state\",\"room\":\"a\",\"state\":1,\"rooms\":1,\"since\":1,\"users\":1}")]
    [InlineData("{\"type\":\"online\",\"users\":[\"a\"],\"room\":1,\"state\":1,\"limit\":0}")]
    [InlineData("{\"type\":\"whatever\",\"room\":1,\"reliable\":true,\"ephemeral\":true}")]
    public void TryRead_WrongFieldOfAnotherType_Ignored(string json) => Read.Good(json);

    [Theory]
    [InlineData("join", 128)]
    [InlineData("leave", 128)]
    [InlineData("broadcast", 16)]
    public void TryRead_Rooms_UpToTheLimit(string type, int max)
    {
        Assert.Equal(max, Read.Good(Of(max)).Rooms!.Length);

        EnvelopeFault fault = Read.Bad(Of(max + 1));
        Assert.Equal(ErrorCodes.InvalidMessage, fault.Code);
        Assert.Equal($"'rooms' must be an array of 1 to {max} rooms.", fault.Message);

        string Of(int count) => $"{{\"type\":\"{type}\",\"payload\":1,\"rooms\":[{string.Join(',', Enumerable.Repeat("\"a\"", count))}]}}";
    }

    [Fact]
    public void TryRead_AckIds_UpToTheLimit()
    {
        Assert.Equal(1000, Read.Good(Of(1000)).Ids!.Length);
        Assert.Empty(Read.Good(Of(0)).Ids!);
        Assert.Equal("'ids' must be an array of at most 1000 strings.", Read.Bad(Of(1001)).Message);

        static string Of(int count) => $"{{\"type\":\"ack\",\"ids\":[{string.Join(',', Enumerable.Repeat("\"a\"", count))}]}}";
    }

    [Fact]
    public void TryRead_Users_UpToTheLimitDuplicatesKept()
    {
        Assert.Equal(100, Read.Good(Of(100)).Users!.Length);
        Assert.Equal("'users' must be an array of 1 to 100 users.", Read.Bad(Of(101)).Message);

        Envelope longest = Read.Good($"{{\"type\":\"online\",\"users\":[\"{new string('u', 250)}\",\"\\u0061\"]}}");
        Assert.Equal("a", Read.Text(longest.Users![1]));
        Assert.Equal(
            "'users[1]' must be a string of 1 to 250 bytes of UTF-8.",
            Read.Bad($"{{\"type\":\"online\",\"users\":[\"a\",\"{new string('u', 251)}\"]}}").Message);

        static string Of(int count) => $"{{\"type\":\"online\",\"users\":[{string.Join(',', Enumerable.Repeat("\"a\"", count))}]}}";
    }

    [Fact]
    public void TryRead_State_UpToTheLimit()
    {
        string most = "\"" + new string('s', 1022) + "\"";
        string more = "\"" + new string('s', 1023) + "\"";

        Assert.Equal(1024, Read.Good($"{{\"type\":\"state\",\"room\":\"a\",\"state\":{most}}}").Room.State.Length);
        Assert.Equal(
            new EnvelopeFault(ErrorCodes.TooLarge, "'state' must be at most 1024 bytes of JSON."),
            Read.Bad($"{{\"type\":\"state\",\"room\":\"a\",\"state\":{more}}}"));

        Assert.Equal(1024, Read.Good($"{{\"type\":\"join\",\"room\":\"a\",\"state\":{most}}}").Room.State.Length);
        Assert.Equal(1024, Read.Good($"{{\"type\":\"join\",\"rooms\":[{{\"room\":\"a\",\"state\":{most}}}]}}").Rooms![0].State.Length);
        Assert.Equal(
            new EnvelopeFault(ErrorCodes.TooLarge, "'state' must be at most 1024 bytes of JSON."),
            Read.Bad($"{{\"type\":\"join\",\"room\":\"a\",\"state\":{more}}}"));
        Assert.Equal(
            new EnvelopeFault(ErrorCodes.TooLarge, "'rooms[0].state' must be at most 1024 bytes of JSON."),
            Read.Bad($"{{\"type\":\"join\",\"rooms\":[{{\"room\":\"a\",\"state\":{more}}}]}}"));
    }

    [Theory]
    [InlineData("id", "ping", 1, 64)]
    [InlineData("event", "broadcast", 1, 64)]
    [InlineData("key", "broadcast", 1, 64)]
    [InlineData("once", "broadcast", 16, 64)]
    [InlineData("event", "send", 1, 64)]
    [InlineData("once", "send", 16, 64)]
    [InlineData("once", "call", 16, 64)]
    [InlineData("method", "call", 1, 128)]
    public void TryRead_Characters_AreUnicodeScalarValues(string field, string type, int min, int max)
    {
        foreach (string character in new[] { "a", "ä", "漢", "😀", "\\u0061", "\\n", "\\ud83d\\ude00" })
        {
            Read.Good(With(character, min));
            Read.Good(With(character, max));
            Assert.Contains($"'{field}'", Read.Bad(With(character, min - 1)).Message, StringComparison.Ordinal);
            Assert.Equal($"'{field}' must be a string of {min} to {max} characters.", Read.Bad(With(character, max + 1)).Message);
        }

        string With(string character, int count)
        {
            string method = field == "method" ? "" : "\"method\":\"m\",";
            return $"{{\"type\":\"{type}\",\"room\":\"a\",\"to\":\"u\",\"payload\":1,{method}\"{field}\":\"{string.Concat(Enumerable.Repeat(character, count))}\"}}";
        }
    }

    [Theory]
    [InlineData("room", "join", 255)]
    [InlineData("to", "send", 250)]
    [InlineData("after", "members", 255)]
    public void TryRead_Bytes_AreThoseOfUtf8(string field, string type, int max)
    {
        string room = field == "room" ? "" : "\"room\":\"a\",";
        foreach ((string character, int size) in new[] { ("a", 1), ("ä", 2), ("漢", 3), ("😀", 4), ("\\u0061", 1), ("\\u00e4", 2) })
        {
            int count = max / size;
            string rest = new('z', max - (count * size));
            string text = string.Concat(Enumerable.Repeat(character, count)) + rest;
            Read.Good($"{{\"type\":\"{type}\",{room}\"payload\":1,\"{field}\":\"{text}\"}}");
            Assert.Equal(
                $"'{field}' must be a string of 1 to {max} bytes of UTF-8.",
                Read.Bad($"{{\"type\":\"{type}\",{room}\"payload\":1,\"{field}\":\"{text}z\"}}").Message);
        }
    }

    [Fact]
    public void TryRead_Once_DecodedSoThatOneKeyHasOneForm()
    {
        Envelope plain = Read.Good($"{{\"type\":\"send\",\"to\":\"a\",\"payload\":1,\"once\":\"{Uuid}\"}}");
        Envelope escaped = Read.Good($"{{\"type\":\"send\",\"to\":\"a\",\"payload\":1,\"once\":\"{Uuid.Replace("-", "\\u002d", StringComparison.Ordinal)}\"}}");

        Assert.Equal(Uuid, Read.Text(plain.Once));
        Assert.Equal(Uuid, Read.Text(escaped.Once));
    }
}
