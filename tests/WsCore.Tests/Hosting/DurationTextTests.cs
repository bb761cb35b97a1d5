using WsCore.Hosting;

namespace WsCore.Tests.Hosting;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("00:00:25", 25_000)]
    [InlineData("00:00:00.5", 500)]
    [InlineData("00:00:00.1230000", 123)]
    [InlineData("23:59:59", 86_399_000)]
    [InlineData("1.00:00:00", 86_400_000)]
    [InlineData("1.00:00:00.25", 86_400_250)]
    [InlineData("25s", 25_000)]
    [InlineData("500ms", 500)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0s", 0)]
    [InlineData("0", 0)]
    [InlineData("25S", 25_000)]
    [InlineData("500Ms", 500)]
    [InlineData(" 25s ", 25_000)]
    [InlineData("90m", 5_400_000)]
    public void TryParse_ATime_IsRead(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("25")]
    [InlineData("00:25")]
    [InlineData("24:00:00")]
    [InlineData("0:0:25")]
    [InlineData("00:60:00")]
    [InlineData("-00:00:25")]
    [InlineData("-25s")]
    [InlineData("+25s")]
    [InlineData("2.5s")]
    [InlineData("1,000ms")]
    [InlineData("25 s")]
    [InlineData("25sec")]
    [InlineData("1d")]
    [InlineData("s")]
    [InlineData("ms")]
    [InlineData("5m30s")]
    [InlineData("2562047789h")]
    [InlineData("2147483647h")]
    [InlineData("soon")]
    public void TryParse_NoTime_IsRefused(string? text) => Assert.False(DurationText.TryParse(text, out _));
}
