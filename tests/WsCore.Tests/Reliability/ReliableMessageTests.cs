using System.Buffers.Binary;
using System.Text;
using WsCore.Delivery;
using WsCore.Dispatch;
using WsCore.Protocol;
using WsCore.Reliability;
using WsCore.TestKit.Delivery;

namespace WsCore.Tests.Reliability;

public sealed class ReliableMessageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(20)] // the header grows from 2 bytes to 4
    [InlineData(65_400)] // and from 4 to 10
    [InlineData(70_000)]
    public void Frame_OfAnAttempt_HasTheFieldBehindTheBrace_AndIsElseTheFirst(int payload)
    {
        var first = Make(binary: false, new string('x', payload));
        var again = SentFrame.Parse(first.Reliable!.Frame(first, 2).Wire).Single();

        var text = Encoding.UTF8.GetString(first.Message.Span);
        Assert.Equal("{\"attempt\":2," + text[1..], again.Text);
        Assert.Null(first.Reliable.Frame(first, 2).Reliable); // what comes again is not expected to be confirmed twice
    }

    [Fact]
    public void Frame_OfABinaryMessage_DeclaresTheLongerEnvelope()
    {
        var first = Make(binary: true, "bytes");
        var again = SentFrame.Parse(first.Reliable!.Frame(first, 11).Wire).Single();

        Assert.False(again.IsText);
        var length = BinaryPrimitives.ReadUInt16BigEndian(again.Payload);
        Assert.StartsWith("{\"attempt\":11,\"type\":\"message\",", Encoding.UTF8.GetString(again.Payload, 2, length));
        Assert.EndsWith("}", Encoding.UTF8.GetString(again.Payload, 2, length));
        Assert.Equal("bytes", Encoding.UTF8.GetString(again.Payload[(2 + length)..]));
    }

    [Fact]
    public void Frame_OfOneAttempt_IsMadeOnce_AndTheNewestIsKept()
    {
        var first = Make(binary: false, "x");
        var message = first.Reliable!;
        var third = message.Frame(first, 3);

        Assert.Same(third, message.Frame(first, 3));
        Assert.Contains("\"attempt\":2,", Encoding.UTF8.GetString(message.Frame(first, 2).Wire)); // for a straggler
        Assert.Same(third, message.Frame(first, 3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SentMessage_IsReadBackFromTheFrame(bool binary)
    {
        var first = Make(binary, "{\"to\":\"nobody\"}");
        var message = SentMessage.Read(first);

        Assert.Equal("chat:\"7\"", message.Room);
        Assert.Equal("li\"ne", message.Event);
        Assert.Null(message.To);
        Assert.Equal(binary, message.Payload.IsBinary);
        Assert.Equal("{\"to\":\"nobody\"}", Encoding.UTF8.GetString(message.Payload.Bytes.Span));
    }

    [Fact]
    public void Ids_AreReadAsTheyAreWritten_AndNothingElseIs()
    {
        var id = ReliableId.Next();
        var text = ReliableId.Text(id);

        Assert.Equal(ReliableId.Length, text.Length);
        Assert.True(ReliableId.TryRead(text, out var read));
        Assert.Equal(id, read);
        Assert.NotEqual(id, ReliableId.Next());
        Assert.False(ReliableId.TryRead("m-17"u8, out _));
        Assert.False(ReliableId.TryRead(text.AsSpan(1), out _));
        Assert.False(ReliableId.TryRead("!!!!!!!!!!!!!!!!!!!!!!"u8, out _));
        Assert.False(ReliableId.TryRead("\t\t                    "u8, out _));
    }

    private static Frame Make(bool binary, string payload) => Publication.Make(
        new MessageEnvelope
        {
            JsonRoom = JsonText.Encode("chat:\"7\""u8),
            RawEvent = JsonText.Encode("li\"ne"u8),
            Time = 1,
            Payload = Encoding.UTF8.GetBytes(binary || payload.StartsWith('{') ? payload : $"\"{payload}\""),
            Binary = binary,
        },
        reliable: true);
}
