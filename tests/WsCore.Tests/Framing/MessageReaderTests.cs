using System.Buffers;
using System.Text;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

public sealed class MessageReaderTests
{
    [Fact]
    public void Read_TextFrame_GivesItsPayload()
    {
        var reader = new MessageReader(new MessageLimits(1024, 4));
        var input = new ReadOnlySequence<byte>(ClientFrame.Text("Hello"));

        Assert.Equal(ReadStatus.Text, reader.Read(ref input));

        Assert.Equal("Hello", Encoding.UTF8.GetString(reader.Payload.Span));
        Assert.True(input.IsEmpty);
        Assert.False(reader.InMessage);
    }
}
