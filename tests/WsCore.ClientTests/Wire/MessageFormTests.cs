using System.Text;
using System.Text.Json;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Wire;

/// <summary>The forms that messages may have on the wire, in both directions.</summary>
public sealed class MessageFormTests
{
    /// <summary>Strings that a careless reader or writer gets wrong.</summary>
    public static TheoryData<string> Strings => new(
        "plain", "é😀", "\"quoted\" \\ back / slash", "a\nb\tc\r\0d\u001f", "\u2028\u2029\u007f\u0085", "</script>&<>'+", "{\"type\":\"ack\"}", "\ufeffmark", "\u202eright to left",
        new string('é', 100));

    [Theory]
    [MemberData(nameof(Strings))]
    public async Task Any_string_is_written_so_that_it_is_read_as_it_was(string text)
    {
        await using var script = await ClientScript.ConnectedAsync();
        _ = script.Client.BroadcastAsync(text, Payload.FromText(text), new BroadcastOptions { Event = text, Key = text, Once = "once " + text + " 0123456789" });
        var sent = await script.Connection.ExpectAsync("broadcast");
        Assert.Equal((text, text, text, "once " + text + " 0123456789"), (sent.Text("room"), sent.Text("event"), sent.Text("key"), sent.Text("once")));
        Assert.Equal(text, sent.Text("payload"));

        _ = script.Client.SendAsync(text, Payload.Null);
        Assert.Equal(text, (await script.Connection.ExpectAsync("send")).Text("to"));
        _ = script.Client.CallAsync(text);
        Assert.Equal(text, (await script.Connection.ExpectAsync("call")).Text("method"));
        _ = script.Client.MembersAsync(text, after: text);
        var members = await script.Connection.ExpectAsync("members");
        Assert.Equal((text, text), (members.Text("room"), members.Text("after")));
        _ = script.Client.OnlineAsync([text]);
        Assert.Equal([text], (await script.Connection.ExpectAsync("online")).Items("users").Select(user => user.GetString()));
    }

    [Theory]
    [MemberData(nameof(Strings))]
    public async Task Any_string_is_read_as_it_was_written_escaped_or_not(string text)
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync(text);
        var seq = 0;
        foreach (var quoted in new[] { JsonSerializer.Serialize(text), Escaped(text) })
        {
            seq++;
            await script.Connection.SendAsync($$"""
                {"type":"message","room":{{quoted}},"from":{"user":{{quoted}},"connection":{{quoted}}},"event":{{quoted}},"key":{{quoted}},"epoch":{{quoted}},"seq":{{seq}},"time":1,"payload":{{quoted}} }
                """);
            var message = Assert.Single(await script.Messages.NewsAsync(script.Connection));
            Assert.Equal((text, text, text, new Position(text, seq)), (message.Room, message.Event, message.Key, message.Position));
            Assert.Equal(new Sender(text, text), message.From);
            Assert.Equal(quoted, message.Payload.ToString());
        }
    }

    [Fact]
    public async Task A_room_with_any_name_is_joined_left_and_joined_again()
    {
        const string Room = "\"é😀\" \\";
        await using var script = await ClientScript.ConnectedAsync();
        var joining = script.Client.JoinAsync(Room);
        await script.Connection.SendAsync($$"""{"type":"ack","id":{{(await script.Connection.ExpectAsync("join")).Raw("id")}},"room":{{Escaped(Room)}},{{Text.At(7)}}}""");
        Assert.Equal(Room, (await joining.WithTimeout(ScriptedConnection.Patience)).Room);
        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(new Position("e", 7), join.Since(Room));
        await script.Connection.AckAsync(join.Request, join.IsOfSeveral
            ? $$"""
              "results":[{"room":{{Escaped(Room)}},{{Text.At(8)}},"recovered":true}]
              """
            : $"\"room\":{Escaped(Room)},{Text.At(8)},\"recovered\":true");
        await script.Connection.SendAsync($$"""{"type":"message","room":{{Escaped(Room)}},{{Text.At(8)}},"time":1,"payload":1}""");

        Assert.Equal(Room, Assert.Single(await script.Messages.NewsAsync(script.Connection)).Room);
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
    }

    [Theory]
    [InlineData("1.50")]
    [InlineData("12345678901234567890123456789012345678901234567890")]
    [InlineData("-0")]
    [InlineData("1e400")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData(" { \"b\" :\t1,\n\"a\": [ 1 , 2.0 ] } ")]
    [InlineData("\"\\u00e9\\ud83d\\ude00\\/é\"")]
    [InlineData("{\"a\":1,\"a\":2,\"payload\":{\"payload\":\"}\"}}")]
    [InlineData("\"\\ud800\"")]
    public async Task The_bytes_of_a_payload_are_the_same_on_both_sides(string json)
    {
        await using var script = await ClientScript.ConnectedAsync();
        _ = script.Client.BroadcastAsync("lobby", Payload.FromJson(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(json.Trim(), (await script.Connection.ExpectAsync("broadcast")).Raw("payload"));

        await script.JoinAsync("lobby");
        await script.Connection.SendAsync(Text.Message("lobby", json));
        var message = Assert.Single(await script.Messages.NewsAsync(script.Connection));
        Assert.False(message.Payload.IsBinary);
        Assert.Equal(json.Trim(), message.Payload.ToString().Trim());
    }

    [Fact]
    public async Task All_that_a_message_has_is_read()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.Connection.SendAsync("""
            {"attempt":2,"payload":{"x":1},"time":1767268800700,"key":"EUR","event":"order","from":{"connection":"Vx3kq9","user":"ada"},"ack":"kq9V","seq":  7,"epoch":"e","room":"lobby","type":"message"}
            """);
        await script.Connection.SendAsync("""{"type":"message","to":"ada","from":{"connection":"Qp71xT"},"time":1767268800300,"payload":1}""");
        await script.Connection.SendAsync("""{"type":"message","namespace":"chat","time":1767268800500,"payload":2}""");
        await script.Connection.SendAsync("""{"type":"message","everybody":true,"time":1767268800600,"payload":3}""");
        await script.Connection.SendAsync("""{"type":"message","room":"lobby","from":{"connection":"c1"},"time":1767268800600,"payload":4}""");

        var full = await script.Messages.NextAsync();
        Assert.Equal(("lobby", null, null, false), (full.Room, full.To, full.Namespace, full.Everybody));
        Assert.Equal((new Sender("Vx3kq9", "ada"), false, "order", new Position("e", 7)), (full.From, full.IsOwn, full.Event, full.Position));
        Assert.Equal((DateTimeOffset.FromUnixTimeMilliseconds(1767268800700), "EUR", "kq9V", 2), (full.Time, full.Key, full.ReliableId, full.Attempt));
        Assert.Equal("""{"x":1}""", full.Payload.ToString());

        var personal = await script.Messages.NextAsync();
        Assert.Equal((null, "ada", new Sender("Qp71xT", null), null), (personal.Room, personal.To, personal.From, personal.Position));
        Assert.Equal((null, null, null, 1), (personal.Event, personal.Key, personal.ReliableId, personal.Attempt));
        var ofNamespace = await script.Messages.NextAsync();
        Assert.Equal((null, "chat", false, null), (ofNamespace.Room, ofNamespace.Namespace, ofNamespace.Everybody, ofNamespace.From));
        var ofAll = await script.Messages.NextAsync();
        Assert.Equal((null, null, null, true), (ofAll.Room, ofAll.To, ofAll.Namespace, ofAll.Everybody));
        Assert.True((await script.Messages.NextAsync()).IsOwn);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(40_000)]
    public async Task Binary_payloads_travel_in_the_binary_form(int length)
    {
        await using var script = await ClientScript.ConnectedAsync();
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var broadcasting = script.Client.BroadcastAsync("é", Payload.FromBinary(bytes), new BroadcastOptions { Event = "blob" });
        var sent = await script.Connection.ExpectMessageAsync("broadcast");
        Assert.Equal(bytes, sent.Binary);
        Assert.Equal(["event", "id", "once", "room", "type"], sent.Json.Names().Order(StringComparer.Ordinal));
        Assert.Equal("é", sent.Json.Text("room"));
        await script.Connection.AckAsync(sent.Json);
        await broadcasting.WithTimeout(ScriptedConnection.Patience);

        await script.JoinAsync("é");
        await script.Connection.SendBinaryAsync("""{"type":"message","room":"é","from":{"connection":"x"},"event":"blob","epoch":"e","seq":1,"time":1}""", bytes);
        var message = Assert.Single(await script.Messages.NewsAsync(script.Connection));
        Assert.True(message.Payload.IsBinary);
        Assert.Equal(bytes, message.Payload.Bytes.ToArray());
        Assert.Equal(("é", "blob", new Position("e", 1)), (message.Room, message.Event, message.Position));
    }

    [Fact]
    public async Task Send_and_call_have_a_binary_form_too()
    {
        await using var script = await ClientScript.ConnectedAsync();
        _ = script.Client.SendAsync("ada", Payload.FromBinary(new byte[] { 1 }));
        Assert.Equal([1], (await script.Connection.ExpectMessageAsync("send")).Binary!);
        _ = script.Client.CallAsync("orders.latest", Payload.FromBinary(new byte[] { 2 }));
        Assert.Equal([2], (await script.Connection.ExpectMessageAsync("call")).Binary!);
        Assert.True(script.Client.Post("lobby", Payload.FromBinary(new byte[] { 3 })));
        Assert.Equal([3], (await script.Connection.ExpectMessageAsync("broadcast")).Binary!);
    }

    [Fact]
    public async Task A_message_without_a_payload_has_null()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.Connection.SendAsync("""{"type":"message","everybody":true,"time":1767268800250}""");

        Assert.Equal(Payload.Null, (await script.Messages.NextAsync()).Payload);
    }

    [Fact]
    public async Task Types_and_fields_that_are_not_known_are_ignored()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.Connection.SendAsync("""{"type":"fireworks","id":"1","room":"lobby","payload":[{"type":"ack"}]}""");
        await script.Connection.SendAsync("""{"id":"1"}""");
        await script.Connection.SendBinaryAsync("""{"type":"fireworks"}""", [1, 2, 3]);
        await script.Connection.SendAsync("""
            {"new":{"type":"error","deep":[[[{"room":"x","payload":1}]]]},"type":"message","room":"lobby","time":1767268800250,"payload":1,"later":null,"from":{"connection":"x","user":"y","device":{"user":"z"}}}
            """);

        var message = Assert.Single(await script.Messages.NewsAsync(script.Connection));
        Assert.Equal(("lobby", new Sender("x", "y"), "1"), (message.Room, message.From, message.Payload.ToString()));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is ErrorEvent);
    }

    [Fact]
    public async Task Large_messages_come_in_pieces_of_any_size()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        var text = string.Concat(Enumerable.Repeat("é😀x", 20_000));
        foreach (var size in (int[])[1000, 4096, 16_383, 1_000_000])
        {
            _ = script.Connection.SendInFragmentsAsync(Text.Message("lobby", $"\"{text}\""), size); // more than is on its way at a time
            Assert.Equal($"\"{text}\"", (await script.Messages.NextAsync()).Payload.ToString());
        }
    }

    [Theory]
    [InlineData(12, false)]
    [InlineData(17, true)]
    public async Task A_message_of_more_than_16_MiB_ends_the_connection(int mebibytes, bool isTooLarge)
    {
        await using var script = await ClientScript.ConnectedAsync();
        var sending = script.Connection.SendAsync($$"""{"type":"message","everybody":true,"time":1,"payload":"{{new string('x', mebibytes << 20)}}"}""");
        if (isTooLarge)
        {
            var ended = await script.Events.NextAsync<DisconnectedEvent>();
            Assert.Equal(1006, ended.CloseCode);
            Assert.Contains("16777216", ended.Reason, StringComparison.Ordinal);
            script.Connection.Drop();
            await Task.WhenAny(sending).WithTimeout(ScriptedConnection.Patience);
        }
        else
        {
            Assert.Equal((mebibytes << 20) + 2, (await script.Messages.NextAsync()).Payload.Bytes.Length);
            await sending;
        }
    }

    [Fact]
    public async Task A_message_cut_within_a_character_is_put_together()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.Connection.SendInFragmentsAsync(Text.Message("lobby", "\"é😀é😀\""), 1);

        Assert.Equal(["\"é😀é😀\""], await script.Messages.NextAsync(1));
    }

    private static string Escaped(string text) => $"\"{string.Concat(text.Select(unit => $"\\u{(int)unit:x4}"))}\"";
}
