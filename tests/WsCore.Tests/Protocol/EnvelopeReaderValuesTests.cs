using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

/// <summary>What comes out of a good envelope.</summary>
public sealed class EnvelopeReaderValuesTests
{
    [Theory]
    [InlineData("join", MessageType.Join)]
    [InlineData("leave", MessageType.Leave)]
    [InlineData("broadcast", MessageType.Broadcast)]
    [InlineData("send", MessageType.Send)]
    [InlineData("state", MessageType.State)]
    [InlineData("members", MessageType.Members)]
    [InlineData("online", MessageType.Online)]
    [InlineData("history", MessageType.History)]
    [InlineData("call", MessageType.Call)]
    [InlineData("ping", MessageType.Ping)]
    [InlineData("ack", MessageType.Ack)]
    [InlineData("auth", MessageType.Auth)]
    [InlineData("Ping", MessageType.Unknown)]
    [InlineData("message", MessageType.Unknown)]
    [InlineData("", MessageType.Unknown)]
    public void TryRead_Type_IsFound(string name, object type)
    {
        Envelope envelope = Read.Good($"{{\"type\":\"{name}\",\"id\":\"i\",\"room\":\"a\",\"payload\":1,\"to\":\"u\",\"method\":\"m\",\"state\":1,\"users\":[\"u\"]}}");

        Assert.Equal((MessageType)type, envelope.Type);
        Assert.Equal(name, Read.Text(envelope.TypeName));
        Assert.Equal("i", Read.Text(envelope.Id));
    }

    [Fact]
    public void UnknownType_OfAType_NamesIt()
    {
        Envelope envelope = Read.Good("{\"type\":\"sub\\u0022scribe\"}");

        Assert.Equal(new EnvelopeFault(ErrorCodes.UnknownType, "'type' is \"sub\"scribe\", which is no type of this protocol (types are lower-case)."), EnvelopeFault.UnknownType(envelope));
    }

    [Fact]
    public void TryRead_JoinOfOne_AllFields()
    {
        Envelope envelope = Read.Good(
            """{"type":"join","id":"1","room":"chat:1","since":{"epoch":"e\u0031","x":[1],"seq":42},"state": {"mood" : "ok"} ,"members":true}""");

        Assert.False(envelope.HasRooms);
        Assert.Null(envelope.Rooms);
        Assert.Equal("chat:1", Read.Text(envelope.Room.Name));
        Assert.Equal(new Position("e1", 42), envelope.Room.Since);
        Assert.Equal("""{"mood" : "ok"}""", Read.Text(envelope.Room.State));
        Assert.True(envelope.WantsMembers);
    }

    [Fact]
    public void TryRead_JoinOfSeveral_NamesAndObjects()
    {
        Envelope envelope = Read.Good(
            """{"type":"join","rooms":["a", "\u0062" ,{"room":"c","since":{"seq":0,"epoch":"e"},"state":null,"\ud800":1},{"r\u006fom":"a"}]}""");

        Assert.True(envelope.HasRooms);
        Assert.Equal(["a", "b", "c", "a"], envelope.Rooms!.Select(room => Read.Text(room.Name)));
        Assert.Equal(new Position("e", 0), envelope.Rooms![2].Since);
        Assert.Equal("null", Read.Text(envelope.Rooms[2].State));
        Assert.Null(envelope.Rooms[3].Since);
        Assert.True(envelope.Rooms[3].State.IsEmpty);
    }

    [Fact]
    public void TryRead_Broadcast_AllFields()
    {
        Envelope envelope = Read.Good(
            """{"type":"broadcast","id":"é\n","room":"r","payload":[1, 2],"event":"a\"b","key":"k\u0061","once":"0123456789abcdef","echo":true,"ephemeral":true,"reliable":false}""");

        Assert.Equal("é\\n", Read.Text(envelope.Id));
        Assert.Equal("a\\\"b", Read.Text(envelope.Event));
        Assert.Equal("ka", Read.Text(envelope.Key));
        Assert.Equal("[1, 2]", Read.Text(envelope.Payload));
        Assert.Equal(PayloadKind.Json, envelope.PayloadKind);
        Assert.True(envelope.Echo);
        Assert.True(envelope.Ephemeral);
        Assert.False(envelope.Reliable);
    }

    [Fact]
    public void TryRead_KeyWithEscapes_HasOneSpelling()
    {
        Assert.Equal(KeyOf("a\\u0022b\\u00e4"), KeyOf("\\u0061\\\"bä\\u00E4"[..^6]));
        Assert.Equal("\\u0000".Length, KeyOf("\\u0000").Length);

        static string KeyOf(string raw) => Read.Text(Read.Good($"{{\"type\":\"broadcast\",\"room\":\"r\",\"payload\":1,\"key\":\"{raw}\"}}").Key);
    }

    [Fact]
    public void TryRead_Send_UserIsDecoded()
    {
        Envelope envelope = Read.Good("""{"type":"send","to":"J\u00f6rg","payload":null,"reliable":true}""");

        Assert.Equal("Jörg", Read.Text(envelope.To));
        Assert.Equal("null", Read.Text(envelope.Payload));
        Assert.True(envelope.Reliable);
    }

    [Fact]
    public void TryRead_Members_Page()
    {
        Envelope envelope = Read.Good("""{"type":"members","room":"r","after":"u\u0031","limit":1000}""");

        Assert.Equal("r", Read.Text(envelope.Room.Name));
        Assert.Equal("u1", Read.Text(envelope.After));
        Assert.Equal(1000, envelope.Limit);
        Assert.Null(Read.Good("""{"type":"members","room":"r"}""").Limit);
    }

    [Fact]
    public void TryRead_Call_PayloadIsOptional()
    {
        Envelope envelope = Read.Good("""{"type":"call","method":"add\u0031","payload":{}}""");

        Assert.Equal("add1", envelope.Method);
        Assert.Equal("{}", Read.Text(envelope.Payload));
        Assert.Equal(PayloadKind.None, Read.Good("""{"type":"call","method":"m"}""").PayloadKind);
    }

    [Fact]
    public void TryRead_Ack_IdsAreDecoded()
    {
        Assert.Equal("ab", Read.Text(Read.Good("""{"type":"ack","id":"a\u0062"}""").Id));
        Assert.Equal(["x", "y"], Read.Good("""{"type":"ack","ids":["x", "\u0079" ]}""").Ids!.Select(Read.Text));
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("-0.0000000000000000000000000000000000000000000000001E-400")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("\"\\ud800 lone, \\udc00\\ud800\"")]
    [InlineData("{ \"a\" : [ 1 , 2 ] ,\r\n\t\"a\":\"\\u0061\\/\" }")]
    [InlineData("\"😀 漢 ä\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("[]")]
    public void TryRead_Payload_ByteForByte(string payload)
    {
        foreach (string space in new[] { "", " ", "\n\t " })
        {
            byte[] json = Encoding.UTF8.GetBytes($"{{\"type\":\"broadcast\",\"payload\":{space}{payload}{space},\"room\":\"r\"}}");

            ReadOnlyMemory<byte> read = Read.Good(json).Payload;

            Assert.Equal(payload, Read.Text(read));
            Assert.True(json.AsSpan().Overlaps(read.Span), "the payload is not a slice of the message");
        }
    }

    [Fact]
    public void TryRead_AnyTextAsPayloadAndEvent_Survives() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), any =>
        {
            string text = any.Get.Replace('\uFFFD', '?');
            string shortText = Short(text);
            string json = JsonSerializer.Serialize(new { type = "broadcast", room = "r", payload = text, @event = shortText });

            Envelope envelope = Read.Good(json);

            return JsonSerializer.Deserialize<string>(envelope.Payload.Span) == JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(text))
                && JsonSerializer.Deserialize<string>("\"" + Read.Text(envelope.Event) + "\"") == shortText;
        }).QuickCheckThrowOnFailure();

    /// <summary>1 to 64 scalar values of it, whole ones.</summary>
    private static string Short(string text)
    {
        string cut = string.Concat(text.EnumerateRunes().Take(64).Select(rune => rune.ToString()));
        return cut.Length == 0 ? "e" : cut;
    }
}
