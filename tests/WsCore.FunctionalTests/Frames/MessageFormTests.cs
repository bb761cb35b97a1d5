using System.Text;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;

namespace WsCore.FunctionalTests.Frames;

/// <summary>Legal frames in every shape: fragments, interleaved pings, binary, any cut.</summary>
public sealed class MessageFormTests
{
    [Fact]
    public async Task A_ping_is_answered_with_its_payload()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        foreach (var payload in (byte[][])[[], [1, 2, 3], new byte[125]])
        {
            await socket.SendFrameAsync(RawOpcode.Ping, payload);
            var pong = await socket.ReceiveFrameAsync();
            Assert.Equal(RawOpcode.Pong, pong.Opcode);
            Assert.Equal(payload, pong.Payload);
        }
    }

    [Fact]
    public async Task A_pong_that_nobody_asked_for_is_ignored()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendFrameAsync(RawOpcode.Pong, "unasked"u8.ToArray());

        await socket.ExpectSilenceAsync();
    }

    [Fact]
    public async Task A_fragmented_envelope_is_one_and_a_ping_between_its_fragments_is_answered_at_once()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        var bytes = Encoding.UTF8.GetBytes("""{"type":"join","id":"1","room":"Grüße 😀"}""");
        await socket.SendFrameAsync(RawOpcode.Text, bytes.AsMemory(0, 30), fin: false);
        await socket.SendFrameAsync(RawOpcode.Ping, "now"u8.ToArray());
        var pong = await socket.ReceiveFrameAsync();
        Assert.Equal("now", pong.Text);
        Assert.Equal(RawOpcode.Pong, pong.Opcode);

        for (var i = 30; i < bytes.Length; i++) // one byte a frame, so every character is cut, and an empty one besides
        {
            await socket.SendFrameAsync(RawOpcode.Continuation, bytes.AsMemory(i, 1), fin: false);
        }

        await socket.SendFrameAsync(RawOpcode.Continuation, Array.Empty<byte>());
        Assert.Equal("Grüße 😀", (await socket.ReceiveJsonAsync()).Text("room"));
    }

    [Fact]
    public async Task Bytes_that_come_one_by_one_make_the_same_frames()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        foreach (var one in RawFrame.Encode(RawOpcode.Text, """{"type":"join","id":"1","room":"lobby"}"""u8))
        {
            await socket.SendRawAsync((byte[])[one]);
        }

        Assert.Equal("""{"type":"ack","id":"1","room":"lobby"}""", await socket.ReceiveTextAsync());
    }

    [Fact]
    public async Task Many_messages_in_one_packet_are_answered_each_in_their_order()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendRawAsync(Enumerable.Range(0, 300)
            .SelectMany(i => RawFrame.Encode(RawOpcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"join","id":"{{i}}","room":"room {{i % 100}}"}""")))
            .ToArray());

        for (var i = 0; i < 300; i++)
        {
            Assert.Equal($"{i}", (await socket.ReceiveJsonAsync()).Text("id"));
        }
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_passes_and_its_payload_comes_back_byte_for_byte()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendTextAsync("""{"type":"join","id":"1","room":"lobby"}""");
        await socket.ReceiveJsonAsync();
        const string Head = """{"type":"broadcast","room":"lobby","echo":true,"payload":""";
        var payload = "\"" + new string('x', 65_536 - Head.Length - 3) + "\"";
        await socket.SendTextAsync(Head + payload + "}");

        var message = await socket.ReceiveTextAsync();
        Assert.EndsWith(",\"payload\":" + payload + "}", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_payload_passes_untouched_white_space_escapes_and_numbers_included()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendTextAsync("""{"type":"join","id":"1","room":"lobby"}""");
        await socket.ReceiveJsonAsync();
        const string Payload = """{ "b" : 1.50e+3, "a":12345678901234567890123, "b":"\u00e9\ud800", "n" :null }""";
        await socket.SendTextAsync($$"""{"payload":  {{Payload}}  ,"type":"broadcast","room":"lobby","echo":true}""");

        Assert.EndsWith(",\"payload\":" + Payload + "}", await socket.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_binary_form_of_the_page_is_taken_byte_for_byte_and_arrives_in_the_same_form()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await using var listener = await application.ConnectAsync();
        await listener.JoinAsync("lobby");
        await socket.SendTextAsync("""{"type":"join","id":"1","room":"lobby"}""");
        await socket.ReceiveJsonAsync();

        // the example of docs/protocol.md
        await socket.SendBinaryAsync(Convert.FromHexString("0023" + Convert.ToHexString("""{"type":"broadcast","room":"lobby"}"""u8) + "deadbeef"));

        var message = await listener.NextAsync("message");
        Assert.Equal(Convert.FromHexString("deadbeef"), message.Binary);
        Assert.Equal(["type", "room", "from", "time"], message.Json.Names());
    }

    [Fact]
    public async Task A_binary_message_may_come_in_fragments_and_be_empty()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendTextAsync("""{"type":"join","id":"1","room":"lobby"}""");
        await socket.ReceiveJsonAsync();
        var message = ChatClient.Binary("""{"type":"broadcast","room":"lobby","echo":true,"event":"e"}""", []);
        await socket.SendFrameAsync(RawOpcode.Binary, message.AsMemory(0, 1), fin: false);
        await socket.SendFrameAsync(RawOpcode.Continuation, message.AsMemory(1));

        var received = await socket.ReceiveMessageAsync();
        Assert.Equal(RawOpcode.Binary, received.Opcode);
        var envelope = Received.FromBinary(received.Payload);
        Assert.Equal("e", envelope.Json.Text("event"));
        Assert.Empty(envelope.Binary!);
    }
}
