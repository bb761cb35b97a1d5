using WsCore.Client.Wire;

namespace WsCore.ClientTests.Wire;

/// <summary>Frames that are filled up to a bound.</summary>
public sealed class RequestFramesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(24)]
    public void Confirm_OfIdsThatAreEscaped_StaysWithinTheLargestMessage(int length)
    {
        var ids = new Queue<string>(Enumerable.Repeat(new string('\u0001', length), 500));
        while (ids.Count > 0)
        {
            Assert.InRange(RequestFrames.Confirm(ids, maxBytes: 1000).Length, 1, 1000);
        }
    }

    [Fact]
    public void Confirm_OfOneThatIsTooLong_IsMadeAlone()
    {
        var ids = new Queue<string>([new string('x', 2000), "r2"]);
        RequestFrames.Confirm(ids, maxBytes: 1000);

        Assert.Equal(["r2"], ids);
        Assert.Equal("{\"type\":\"ack\",\"id\":\"r2\"}"u8.ToArray(), RequestFrames.Confirm(ids, maxBytes: 1000));
    }
}
